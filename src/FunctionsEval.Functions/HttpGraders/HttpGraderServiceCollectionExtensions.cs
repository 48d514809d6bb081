using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.HttpGraders;

/// <summary>Registers the client of HTTP graders.</summary>
internal static class HttpGraderServiceCollectionExtensions
{
    public static IServiceCollection AddHttpGraders(this IServiceCollection services)
    {
        services.AddOptions<HttpGraderOptions>().BindConfiguration(HttpGraderOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<HttpGraderOptions>, HttpGraderOptionsValidator>();
        return services.AddSingleton<HttpGraderCaller>();
    }
}
