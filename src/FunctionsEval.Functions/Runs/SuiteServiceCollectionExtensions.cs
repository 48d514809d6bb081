using Microsoft.Extensions.DependencyInjection;

namespace FunctionsEval.Functions.Runs;

/// <summary>What suite runs need.</summary>
internal static class SuiteServiceCollectionExtensions
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddSuites(this IServiceCollection services) =>
        services
            .AddSingleton<SuiteFolders>()
            .AddSingleton<CallerContexts>()
            .AddSingleton<SuitePlanner>()
            .AddSingleton<SuiteResults>()
            .AddSingleton<SuiteCommit>()
            .AddSingleton<SuiteScheduler>()
            .AddSingleton<SuiteStarter>()
            .AddSingleton<SuiteReconciler>()
            .AddSingleton<FineTunedSuites>();
}
