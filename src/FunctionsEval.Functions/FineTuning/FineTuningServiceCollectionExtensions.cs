using Azure.Core;
using FunctionsEval.Functions.ModelClients.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.FineTuning;

/// <summary>Registration of what looks up fine-tuning jobs.</summary>
internal static class FineTuningServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="FineTuningApi"/> and <see cref="TunedDeployments"/> with the settings <c>FineTuning__…</c>, checked at start.
    /// </summary>
    public static IServiceCollection AddFineTuning(this IServiceCollection services)
    {
        services.AddOptions<FineTuningOptions>().BindConfiguration(FineTuningOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<FineTuningOptions>, FineTuningOptionsSetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FineTuningOptions>, FineTuningOptionsSetup>());
        services.AddSingleton(provider => new FineTuningApi(
            provider.GetRequiredService<IOptions<FineTuningOptions>>(),
            provider.GetRequiredService<ModelTransport>(),
            provider.GetRequiredService<TokenCredential>
        ));
        services.AddSingleton(provider => new AccountDeployments(
            provider.GetRequiredService<IOptions<FineTuningOptions>>(),
            new FineTuningHttp(provider.GetRequiredService<ModelTransport>()),
            provider.GetRequiredService<TokenCredential>
        ));
        services.AddSingleton<TunedDeployments>();
        services.AddSingleton(provider => new AccountCatalog(
            provider.GetRequiredService<IOptions<FineTuningOptions>>().Value.ManagementEndpoint,
            new FineTuningHttp(provider.GetRequiredService<ModelTransport>()),
            provider.GetRequiredService<TokenCredential>
        ));
        services.AddSingleton<ModelRetirements>();
        return services;
    }
}
