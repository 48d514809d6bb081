using System.Text.Json.Serialization;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Results;

/// <summary>One run of a group, as the group's summary has it: counts and cost. Its numbers are in its own summary.</summary>
public sealed record MemberSummary
{
    /// <summary>"baseline" or "candidate".</summary>
    public required string Role { get; init; }

    /// <summary>The model under test in that run.</summary>
    public required string Model { get; init; }

    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>How it ended; null for one that was not begun.</summary>
    public RunStatus? Status { get; init; }

    /// <summary>Why it failed or was stopped; null for a complete one.</summary>
    public RunFailure? Failure { get; init; }

    /// <summary>How many samples had which outcome; null without a summary.</summary>
    [JsonConverter(typeof(OutcomeCountsConverter))]
    public OutcomeCounts? Outcomes { get; init; }

    /// <summary>Share of samples that count in the metrics, 0 to 1; null without a sample.</summary>
    public double? Coverage { get; init; }

    /// <summary>What its calls cost, graders included; null without a summary, and where a model has no prices.</summary>
    public decimal? Cost { get; init; }

    /// <summary>
    /// Samples only the candidate got right, of the two that the first number with an exact test compares; null without one.
    /// </summary>
    public long? Gained { get; init; }

    /// <summary>Samples only the baseline got right; null as <see cref="Gained"/>.</summary>
    public long? Lost { get; init; }
}
