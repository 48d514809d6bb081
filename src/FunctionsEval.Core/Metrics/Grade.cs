using System.Text.Json.Serialization;
using FunctionsEval.Core.Metrics.Graders.Pairwise;

namespace FunctionsEval.Core.Metrics;

/// <summary>The outcome of grading one answer.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GradeOutcome>))]
public enum GradeOutcome
{
    /// <summary>The grader gave a grade.</summary>
    [JsonStringEnumMemberName("graded")]
    Graded,

    /// <summary>The judge's answer is no grade by the rubric; counted, never taken for 0.</summary>
    [JsonStringEnumMemberName("judge_unparsable")]
    Unparsable,

    /// <summary>The grader gave no answer: filtered, rejected, timed out or exhausted; counted, never taken for 0.</summary>
    [JsonStringEnumMemberName("not_graded")]
    NotGraded,
}

/// <summary>Another model's grade of one answer.</summary>
public sealed record Grade
{
    /// <summary>Whether there is a grade.</summary>
    public required GradeOutcome Outcome { get; init; }

    /// <summary>Why not: a code, then a sentence without row text.</summary>
    public string? Reason { get; init; }

    /// <summary>The score, in the grader's range; null when the grader gives labels only.</summary>
    public double? Score { get; init; }

    /// <summary>The label, one of the rubric's; null when the grader gives scores only.</summary>
    public string? Label { get; init; }

    /// <summary>The lengths of the two answers that a judge of pairs compared; null for every other grader.</summary>
    public ComparedLengths? Lengths { get; init; }

    /// <summary>What a judge wrote; null for a grader that writes nothing.</summary>
    public string? Text { get; init; }

    /// <summary>What a judge wrote for itself before its reply; null for nothing.</summary>
    public string? Reasoning { get; init; }

    /// <summary>What the grader's endpoint does not take, so that the grade was given without it; null for nothing.</summary>
    public IReadOnlyList<string>? LeftOut { get; init; }

    /// <summary>The model that graded, in the endpoint's words; null when it does not say.</summary>
    public string? Model { get; init; }

    /// <summary>Prompt tokens the grader billed.</summary>
    public int InputTokens { get; init; }

    /// <summary>Of the prompt tokens those that the grader's endpoint took from its cache; 0 where it does not say.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int CachedInputTokens { get; init; }

    /// <summary>Answer tokens the grader billed.</summary>
    public int OutputTokens { get; init; }
}
