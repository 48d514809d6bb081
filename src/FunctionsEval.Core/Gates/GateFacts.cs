using FunctionsEval.Core.Metrics;

namespace FunctionsEval.Core.Gates;

/// <summary>What the gate must know of a run.</summary>
public sealed record GateFacts
{
    /// <summary>
    /// The candidate's metric values, by name and slice (<see cref="SliceNames.All"/> for the whole dataset).
    /// </summary>
    public required IReadOnlyDictionary<(string Name, string Slice), GateMetric> Metrics { get; init; }

    /// <summary>Share of samples that were answered (scored or unparsable).</summary>
    public required double Coverage { get; init; }

    /// <summary>Share of the candidate's answers that do not parse.</summary>
    public double UnparsableShare { get; init; }

    /// <summary>The previous run of the suite with the same model; null when there is none.</summary>
    public PreviousFacts? Previous { get; init; }

    /// <summary>What all calls cost; null when it is not known.</summary>
    public double? Cost { get; init; }

    /// <summary>The currency of <see cref="Cost"/>; null where it is not known.</summary>
    public string? Currency { get; init; }

    /// <summary>The baseline's name; null where it is not known.</summary>
    public string? Baseline { get; init; }

    /// <summary>What reasons call the baseline.</summary>
    internal string BaselineName => Baseline ?? "the baseline";

    /// <summary>Whether every sample has an outcome; false for a run that was stopped or ran out of time.</summary>
    public required bool IsComplete { get; init; }
}

/// <summary>What the gate must know of the previous run of the suite with the same model.</summary>
/// <param name="RunId">The run.</param>
/// <param name="NotPaired">Why the two runs are not paired; null when they are.</param>
/// <param name="Metrics">The candidate's numbers, their differences from the previous run's over the samples that both have.</param>
public sealed record PreviousFacts(string RunId, string? NotPaired, IReadOnlyDictionary<(string Name, string Slice), GateMetric> Metrics);

/// <summary>One metric value of the candidate. What is undefined is null or NaN.</summary>
/// <param name="Value">The value.</param>
/// <param name="Lower">The interval's lower bound.</param>
/// <param name="Upper">The interval's upper bound.</param>
/// <param name="DifferenceLower">Lower bound of candidate − baseline.</param>
/// <param name="DifferenceUpper">Upper bound of candidate − baseline.</param>
/// <param name="HigherIsBetter">Whether more is better.</param>
/// <param name="Difference">Candidate − baseline.</param>
/// <param name="PValue">Two-sided p-value of "no difference"; on a slice Holm's.</param>
/// <param name="NoInterval">Why there is no interval.</param>
/// <param name="NoDifferenceInterval">Why the difference has none.</param>
public sealed record GateMetric(
    double Value,
    double? Lower = null,
    double? Upper = null,
    double? DifferenceLower = null,
    double? DifferenceUpper = null,
    bool HigherIsBetter = true,
    double? Difference = null,
    double? PValue = null,
    string? NoInterval = null,
    string? NoDifferenceInterval = null
);
