using FunctionsEval.Core.Results.Reviews;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>A grade as a reviewer sends it, who knows places and no models.</summary>
internal sealed record ReviewRequest
{
    private const int MaxReviewer = 100;
    private const int MaxSample = 300;

    public string? Reviewer { get; init; }

    public string? Sample { get; init; }

    /// <summary>Place of the answer that is graded; null for both.</summary>
    public int? Place { get; init; }

    public string? Grade { get; init; }

    /// <summary>The first field that has no such value, and what it takes; null for none.</summary>
    public string? FindProblem() =>
        FindReviewerProblem(Reviewer)
        ?? (
            Sample is not { Length: > 0 and <= MaxSample } || Sample.Any(char.IsControl) ? "sample: pass the key of a sample."
            : Place is not (null or 1 or 2) ? "place: must be 1 or 2, or left out where both answers are graded."
            : null
        );

    /// <summary>What a reviewer's name must be; null for one that is.</summary>
    public static string? FindReviewerProblem(string? reviewer) =>
        string.IsNullOrWhiteSpace(reviewer) || reviewer.Length > MaxReviewer || reviewer.Any(char.IsControl)
            ? $"reviewer: give a name of at most {MaxReviewer} characters."
            : null;

    /// <summary>The review; null where the grade is none of what is graded.</summary>
    public Review? Read(string runId, DateTimeOffset now) =>
        (Place, Grade) switch
        {
            (null, "first") => Create(runId, now, GradeOf(BlindOrder.RoleAt(runId, Sample!, 1))),
            (null, "second") => Create(runId, now, GradeOf(BlindOrder.RoleAt(runId, Sample!, 2))),
            (null, "tie") => Create(runId, now, ReviewGrade.Tie),
            (not null, "right") => Create(runId, now, ReviewGrade.Right),
            (not null, "wrong") => Create(runId, now, ReviewGrade.Wrong),
            (_, "skip") => Create(runId, now, ReviewGrade.Skip),
            _ => null,
        };

    /// <summary>The line that takes a grade back.</summary>
    public Review TakeBack(string runId, DateTimeOffset now) => Create(runId, now, grade: null);

    private static ReviewGrade GradeOf(string role) => role == Roles.Candidate ? ReviewGrade.Candidate : ReviewGrade.Baseline;

    private Review Create(string runId, DateTimeOffset now, ReviewGrade? grade) =>
        new()
        {
            Time = now,
            Reviewer = Reviewer!.Trim(),
            Sample = Sample!,
            Role = Place is { } place ? BlindOrder.RoleAt(runId, Sample!, place) : null,
            Grade = grade,
        };
}
