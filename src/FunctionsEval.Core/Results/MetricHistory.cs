using FunctionsEval.Core.Gates;

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
);

/// <summary>One number of a run, as its course is drawn.</summary>
/// <param name="Name">Name of the number.</param>
/// <param name="Value">The number; null where it is undefined.</param>
/// <param name="Lower">Lower bound of the interval; null without one.</param>
/// <param name="Upper">Upper bound of the interval; null without one.</param>
/// <param name="HigherIsBetter">Whether more is better.</param>
public sealed record MetricHistoryPoint(string Name, double? Value, double? Lower, double? Upper, bool HigherIsBetter);
