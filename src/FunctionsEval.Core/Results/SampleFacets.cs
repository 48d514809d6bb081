namespace FunctionsEval.Core.Results;

/// <summary>What a run's samples can be filtered and sorted by: <c>GET /api/evaluations/{runId}/samples/facets</c>.</summary>
public sealed record SampleFacets
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>How many samples match the filter; all of the run's without one.</summary>
    public required long Total { get; init; }

    /// <summary>How many samples the run has.</summary>
    public required long Of { get; init; }

    /// <summary>The references.</summary>
    public required FacetValues Labels { get; init; }

    /// <summary>What was read from the candidate's answers.</summary>
    public required FacetValues Predictions { get; init; }

    /// <summary>What was read from the baseline's answers; null without a baseline.</summary>
    public FacetValues? BaselinePredictions { get; init; }

    /// <summary>The values of each tag, by its name.</summary>
    public required IReadOnlyDictionary<string, FacetValues> Tags { get; init; }

    /// <summary>The outcomes.</summary>
    public required IReadOnlyList<OutcomeFacet> Outcomes { get; init; }

    /// <summary>Why the models ended their answers, in the endpoints' words.</summary>
    public required IReadOnlyList<FinishReasonFacet> FinishReasons { get; init; }

    /// <summary>Samples that the candidate got right; null where answers are neither right nor wrong.</summary>
    public AnswerCounts? Correct { get; init; }

    /// <summary>Samples that only one of the models got right; null without a baseline.</summary>
    public FlipCounts? Flips { get; init; }

    /// <summary>The metrics that samples can be sorted by, the default first.</summary>
    public required IReadOnlyList<SortMetric> Metrics { get; init; }

    /// <summary>What to know about the counts, a sentence each; null for nothing.</summary>
    public IReadOnlyList<string>? Notes { get; init; }
}

/// <summary>Values with the number of their samples.</summary>
/// <param name="Values">The most frequent ones, most frequent first.</param>
/// <param name="More">How many samples have none of these values but another one.</param>
public sealed record FacetValues(IReadOnlyList<FacetValue> Values, long More);

/// <summary>A value that samples have.</summary>
/// <param name="Value">The value.</param>
/// <param name="Samples">How many samples have it.</param>
public sealed record FacetValue(string Value, long Samples);

/// <summary>An outcome and how many samples ended with it.</summary>
/// <param name="Outcome">Its written name.</param>
/// <param name="Candidate">Samples of the candidate.</param>
/// <param name="Baseline">Samples of the baseline.</param>
public sealed record OutcomeFacet(string Outcome, long Candidate, long Baseline);

/// <summary>Why answers ended.</summary>
/// <param name="Reason">The endpoint's word.</param>
/// <param name="Candidate">Answers of the candidate.</param>
/// <param name="Baseline">Answers of the baseline.</param>
public sealed record FinishReasonFacet(string Reason, long Candidate, long Baseline);

/// <summary>How many answers of each model are right and how many are wrong.</summary>
/// <param name="Right">Right answers of the candidate.</param>
/// <param name="Wrong">Wrong answers of the candidate, unreadable ones included.</param>
/// <param name="BaselineRight">Right answers of the baseline.</param>
/// <param name="BaselineWrong">Wrong answers of the baseline.</param>
public sealed record AnswerCounts(long Right, long Wrong, long BaselineRight, long BaselineWrong);

/// <summary>A metric that has a value for a single sample.</summary>
/// <param name="Name">Name in tables and gates.</param>
/// <param name="HigherIsBetter">Whether more is better.</param>
public sealed record SortMetric(string Name, bool HigherIsBetter);
