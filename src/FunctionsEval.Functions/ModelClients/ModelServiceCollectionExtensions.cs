using Azure.Core;
using Azure.Identity;
using FunctionsEval.Functions.ModelClients.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>Registration of the model clients.</summary>
internal static class ModelServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="ModelCaller"/> and <see cref="ModelRegistry"/> with the models of the section <c>Models</c>, and
    /// <see cref="CallRetryOptions"/> from <c>ModelCalls</c>.
    /// </summary>
    /// <exception cref="OptionsValidationException">A model's setting is missing or wrong; the message names each one and the
    /// fix.</exception>
    public static IServiceCollection AddModels(this IServiceCollection services, IConfiguration configuration)
    {
        var failures = new List<string>();
        var models = ModelOptionsReader.Read(configuration, failures);
        if (failures.Count > 0)
        {
            throw new OptionsValidationException(ModelOptionsReader.SectionName, typeof(ModelOptions), failures);
        }

        services
            .AddOptions<CallRetryOptions>()
            .Bind(configuration.GetSection(CallRetryOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.TryAddSingleton<TokenCredential>(_ => new DefaultAzureCredential());
        services.AddSingleton<ModelTransport>();
        services.AddSingleton(provider => new CallRetryPolicy(
            provider.GetRequiredService<IOptions<CallRetryOptions>>().Value,
            provider.GetRequiredService<Random>()
        ));
        services.AddSingleton(provider =>
        {
            var http = provider.GetRequiredService<ModelTransport>().Client;
            var time = provider.GetRequiredService<TimeProvider>();
            var longestWait = provider.GetRequiredService<IOptions<CallRetryOptions>>().Value.LongestWait;
            return new ModelRegistry(
                models,
                model => new ConfiguredModel(
                    model,
                    new ModelEndpoint(model, http, provider.GetRequiredService<TokenCredential>),
                    time,
                    longestWait
                )
            );
        });
        services.AddSingleton<BodyBudget>();
        services.AddSingleton<RequestSender>();
        services.AddSingleton<CallTelemetry>();
        services.AddSingleton<ModelCaller>();
        services.AddSingleton<TokenCounter>();
        return services;
    }
}
