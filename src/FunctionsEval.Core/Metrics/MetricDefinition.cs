using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics;

/// <summary>Creates a metric from its options in a spec.</summary>
/// <param name="options">The options; those that are not read are refused.</param>
/// <param name="context">What else of the spec a metric may know.</param>
internal delegate Metric MetricFactory(OptionReader options, MetricContext context);

/// <summary>A metric that specs can ask for. Each stands beside its metric; <see cref="MetricCatalog"/> lists them.</summary>
/// <param name="Name">Name in specs.</param>
/// <param name="Subject">What it measures, one of the flags. It fits every task that has this subject.</param>
/// <param name="Create">Creates the metric.</param>
internal sealed record MetricDefinition(string Name, MetricSubjects Subject, MetricFactory Create)
{
    /// <summary>
    /// What its numbers are called in sentences and in which unit they are read; the one place that says it. Empty for a metric that yields
    /// a table only.
    /// </summary>
    public required IReadOnlyList<MetricNumberForm> Numbers { get; init; }

    /// <summary>
    /// Whether the metric is of the answer as it was parsed, so that a spec can ask for the lenient reading too. Default true.
    /// </summary>
    public bool ReadsAnswer { get; init; } = true;

    /// <summary>Whether the metric compares answers with a reference, so that every row must have one. Default true.</summary>
    public bool NeedsReference { get; init; } = true;

    /// <summary>Whether the metric needs a reference, where that depends on its options; null where it does not. Default: null.</summary>
    public Func<MetricSpec, bool>? NeedsReferenceWith { get; init; }

    /// <summary>A spec with more labels does not get the metric by default. Default: no limit.</summary>
    public int MaxLabels { get; init; } = int.MaxValue;

    /// <summary>The kind of table that the metric yields; null for none. Default: null.</summary>
    public MetricTableKind? Table { get; init; }

    /// <summary>Whether the metric needs the closed list of labels.</summary>
    public bool NeedsLabels => Subject is MetricSubjects.Label or MetricSubjects.LabelSet;

    /// <summary>Whether a task has what the metric measures.</summary>
    public bool Fits(IMeasuredTask task) => task.Subjects.HasFlag(Subject);
}
