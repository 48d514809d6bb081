using FunctionsEval.Core.Gates;

namespace FunctionsEval.Core.Results;

/// <summary>Two runs beside each other: <c>GET /api/evaluations/compare</c>.</summary>
public sealed record RunComparisonResult
{
    /// <summary>The run to compare with.</summary>
    public required ComparedRunSummary Left { get; init; }

    /// <summary>The run that is compared.</summary>
    public required ComparedRunSummary Right { get; init; }

    /// <summary>Whether their samples are paired.</summary>
    public required bool Paired { get; init; }

    /// <summary>Why they are not paired; null where they are.</summary>
    public string? Reason { get; init; }

    /// <summary>The result of the comparison as a whole.</summary>
    public required ComparisonDecision Decision { get; init; }

    /// <summary>Why nothing is decided although they are paired; null otherwise.</summary>
    public string? Undecided { get; init; }

    /// <summary>The pairing of their samples; null when they are not paired.</summary>
    public PairingCounts? Pairing { get; init; }

    /// <summary>How many samples flipped between right and wrong; null when it is not known.</summary>
    public FlipCounts? Flips { get; init; }

    /// <summary>The numbers of both.</summary>
    public required IReadOnlyList<MetricComparison> Metrics { get; init; }

    /// <summary>
    /// The same numbers with the texts that people read, in the order of <see cref="Metrics"/>; null in answers of earlier versions.
    /// </summary>
    public IReadOnlyList<ComparedNumber>? Numbers { get; init; }
}

/// <summary>A run in a comparison.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Dataset">Its dataset.</param>
/// <param name="Model">Its candidate.</param>
/// <param name="Samples">Its samples.</param>
/// <param name="Counted">How many of the candidate's samples count in the metrics.</param>
/// <param name="Verdict">What its gate says; null without one.</param>
/// <param name="Warnings">What a reader of its numbers has to know.</param>
public sealed record ComparedRunSummary(
    string RunId,
    string Dataset,
    string? Model,
    long? Samples,
    long Counted,
    VerdictResult? Verdict,
    IReadOnlyList<string> Warnings
);
