using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Results;

/// <summary>A page of the course of metrics from run to run, latest first: <c>GET /api/metrics</c>.</summary>
/// <param name="Runs">The completed runs.</param>
/// <param name="Continuation">What asks for the next page; null behind the last.</param>
public sealed record MetricHistory(IReadOnlyList<MetricHistoryRun> Runs, string? Continuation);

/// <summary>The numbers of a completed run's candidate over the whole dataset.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Name">The spec's name, or else the suite's.</param>
/// <param name="Model">The candidate.</param>
/// <param name="Dataset">The dataset.</param>
/// <param name="Started">When the run was reserved.</param>
/// <param name="Verdict">What the gate says; null without one.</param>
/// <param name="Warnings">What a reader of the numbers has to know.</param>
/// <param name="Metrics">The numbers.</param>
public sealed record MetricHistoryRun(
    string RunId,
    string? Name,
    string? Model,
    string Dataset,
    DateTimeOffset? Started,
    VerdictResult? Verdict,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<MetricHistoryPoint> Metrics
)
{
    /// <summary>The folder of the dataset; empty for none.</summary>
    public string? Suite { get; init; }

    /// <summary>The model it is compared with; null for none.</summary>
    public string? Baseline { get; init; }

    /// <summary>
    /// Which version of the dataset it was: the hash of its bytes, or the ETag where the storage knows no hash. Two runs over the same
    /// bytes have the same.
    /// </summary>
    public string? DatasetVersion { get; init; }

    /// <summary>The deployment that the candidate was called by.</summary>
    public string? Deployment { get; init; }

    /// <summary>Hash of the spec's canonical form.</summary>
    public string? SpecHash { get; init; }
}

/// <summary>One number of a run, as its course is drawn.</summary>
/// <param name="Name">Name of the number.</param>
/// <param name="Value">The number; null where it is undefined.</param>
/// <param name="Lower">Lower bound of the interval; null without one.</param>
/// <param name="Upper">Upper bound of the interval; null without one.</param>
/// <param name="HigherIsBetter">Whether more is better.</param>
public sealed record MetricHistoryPoint(string Name, double? Value, double? Lower, double? Upper, bool HigherIsBetter)
{
    /// <summary>What people read for the name: <c>Recall of card_arrival</c>.</summary>
    public string? Label { get; init; }

    /// <summary>How the number is read.</summary>
    public MetricUnit? Unit { get; init; }

    /// <summary>The value as people read it: <c>92.3 %</c>; null where it is undefined.</summary>
    public string? Text { get; init; }

    /// <summary>The interval as people read it: <c>91.3 to 93.2 %</c>; null without one.</summary>
    public string? IntervalText { get; init; }

    /// <summary>The baseline's number in the same run; null without one.</summary>
    public MetricHistoryBaseline? Baseline { get; init; }

    /// <summary>A number of a run, with its texts.</summary>
    /// <param name="candidate">The candidate's number.</param>
    /// <param name="baseline">The baseline's number of the same name; null without one.</param>
    public static MetricHistoryPoint From(MetricValue candidate, MetricValue? baseline)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        var words = MetricWords.Find(candidate.Name);
        var text = new NumberText(words.Unit);
        return new MetricHistoryPoint(candidate.Name, candidate.Value, candidate.Lower, candidate.Upper, candidate.HigherIsBetter)
        {
            Label = words.In(candidate.Slice),
            Unit = words.Unit,
            Text = candidate.Value is { } value ? text.Value(value, candidate.Lower, candidate.Upper) : null,
            IntervalText = candidate is { Lower: { } lower, Upper: { } upper } ? text.Interval(lower, upper) : null,
            Baseline = baseline?.Value is { } other
                ? new MetricHistoryBaseline(other, baseline.Lower, baseline.Upper, text.Value(other, baseline.Lower, baseline.Upper))
                : null,
        };
    }
}

/// <summary>The baseline's number beside the candidate's.</summary>
/// <param name="Value">The number.</param>
/// <param name="Lower">Lower bound of the interval; null without one.</param>
/// <param name="Upper">Upper bound of the interval; null without one.</param>
/// <param name="Text">The number as people read it.</param>
public sealed record MetricHistoryBaseline(double Value, double? Lower, double? Upper, string Text);
