using Microsoft.Extensions.DependencyInjection;

namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>Registers what finds and shows samples.</summary>
internal static class SampleServiceCollectionExtensions
{
    public static IServiceCollection AddSampleViews(this IServiceCollection services) =>
        services
            .AddSingleton<SampleIndexes>()
            .AddSingleton<SampleScan>()
            .AddSingleton<SampleFinder>()
            .AddSingleton<SamplePages>()
            .AddSingleton<SamplePrompts>()
            .AddSingleton<SampleDetails>();
}
