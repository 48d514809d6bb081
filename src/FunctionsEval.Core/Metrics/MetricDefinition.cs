namespace FunctionsEval.Core.Metrics;

/// <summary>Creates a metric from its options in a spec.</summary>
/// <param name="options">The options; those that are not read are refused.</param>
/// <param name="context">What else of the spec a metric may know.</param>
internal delegate Metric MetricFactory(MetricOptionReader options, MetricContext context);

/// <summary>A metric that specs can ask for. Each stands beside its metric; <see cref="MetricCatalog"/> lists them.</summary>
/// <param name="Name">Name in specs.</param>
/// <param name="Measures">What it measures, one of the flags. It fits every task whose samples hold that.</param>
/// <param name="Create">Creates the metric.</param>
internal sealed record MetricDefinition(string Name, SampleContent Measures, MetricFactory Create)
{
    /// <summary>Whether the metric is of the answer as it was parsed, so that a spec can ask for the lenient reading too. Default true.</summary>
    public bool ReadsAnswer { get; init; } = true;

    /// <summary>Whether the metric needs the closed list of labels.</summary>
    public bool NeedsLabels => Measures == SampleContent.Label;

    /// <summary>Whether the metric measures what samples hold.</summary>
    /// <param name="content">What they hold.</param>
    public bool Fits(SampleContent content) => (content & Measures) != 0;
}
