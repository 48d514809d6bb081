using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Results.Reviews;

/// <summary>What people said of a run's samples: <c>GET /api/evaluations/{runId}/reviews</c>.</summary>
public sealed record ReviewSummary
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>Grades that count, those that were skipped left out.</summary>
    public required long Reviews { get; init; }

    /// <summary>Grades of samples that the run does not have (any more); they count nowhere.</summary>
    public long UnknownSamples { get; init; }

    /// <summary>Who graded, the most grades first.</summary>
    public required IReadOnlyList<ReviewerTotals> Reviewers { get; init; }

    /// <summary>How the candidate does against the baseline in people's eyes; null where no pair was graded.</summary>
    public WinRate? WinRate { get; init; }

    /// <summary>The share of answers that people find right, by role; empty where none was graded.</summary>
    public required IReadOnlyList<RightRate> RightRates { get; init; }

    /// <summary>How far people agree with judges, with the references and with each other.</summary>
    public required IReadOnlyList<Agreement> Agreements { get; init; }
}

/// <summary>A reviewer's totals.</summary>
/// <param name="Name">Who it is, as typed.</param>
/// <param name="Graded">Items that have a grade.</param>
/// <param name="Skipped">Items that were skipped.</param>
public sealed record ReviewerTotals(string Name, long Graded, long Skipped);

/// <summary>How often the candidate's answer is preferred, ties as half; a sample that several people graded counts once.</summary>
public sealed record WinRate
{
    /// <summary>(wins + ties ÷ 2) ÷ samples, 0–1.</summary>
    public required double Value { get; init; }

    /// <summary>Lower bound of Wilson's 95 % interval.</summary>
    public required double Lower { get; init; }

    /// <summary>Upper bound of Wilson's 95 % interval.</summary>
    public required double Upper { get; init; }

    /// <summary>Samples.</summary>
    public required long Samples { get; init; }

    /// <summary>Grades that prefer the candidate.</summary>
    public required long Wins { get; init; }

    /// <summary>Grades that prefer neither.</summary>
    public required long Ties { get; init; }

    /// <summary>Grades that prefer the baseline.</summary>
    public required long Losses { get; init; }
}

/// <summary>How many of a model's graded answers people find right; an answer that several people graded counts once.</summary>
public sealed record RightRate
{
    /// <summary>One of <see cref="Roles"/>.</summary>
    public required string Role { get; init; }

    /// <summary>Share of the answers, 0–1.</summary>
    public required double Value { get; init; }

    /// <summary>Lower bound of Wilson's 95 % interval.</summary>
    public required double Lower { get; init; }

    /// <summary>Upper bound of Wilson's 95 % interval.</summary>
    public required double Upper { get; init; }

    /// <summary>Answers.</summary>
    public required long Samples { get; init; }
}

/// <summary>How far two say the same of the items that both graded.</summary>
public sealed record Agreement
{
    /// <summary>What was graded.</summary>
    public required ReviewKind Kind { get; init; }

    /// <summary>A reviewer; null for all of them, by majority.</summary>
    public string? Reviewer { get; init; }

    /// <summary>
    /// Whom they are held against: the name of another reviewer, of a grader, or <see cref="RunOpinions.References"/>; see
    /// <see cref="Source"/>.
    /// </summary>
    public required string Other { get; init; }

    /// <summary>What <see cref="Other"/> is: <c>reviewer</c>, <c>grader</c> or <c>references</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Items that both graded.</summary>
    public required long Items { get; init; }

    /// <summary>Share of the items of which both say the same, with its interval.</summary>
    public required MetricValue Share { get; init; }

    /// <summary>Cohen's κ, with its interval.</summary>
    public required MetricValue Kappa { get; init; }
}
