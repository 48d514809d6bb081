using System.Text.Json;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;

namespace FunctionsEval.Functions.HttpGraders;

/// <summary>Reads what an HTTP grader says of one answer. Anything but a score within the range is no grade, and never 0.</summary>
internal static partial class GraderGrade
{
    /// <summary>Characters of an explanation that are kept.</summary>
    private const int MaxExplanation = 2_000;

    /// <summary>Reads an element of <c>scores</c>.</summary>
    /// <param name="spec">What the grade must be.</param>
    /// <param name="given">The element; null where the reply has none for the answer.</param>
    public static Grade Read(HttpGraderSpec spec, JsonElement? given)
    {
        if (given is not { } said)
        {
            return TextGrading.NotGraded("no_score: The grader's reply has no score for this answer.");
        }

        if (said.Get("error") is { } error)
        {
            var code = error.GetText() is { } text && Code().IsMatch(text) ? text : "unnamed";
            return TextGrading.NotGraded($"grader_error: The grader gave the error '{code}' instead of a score.");
        }

        var grade =
            said.Get("score")?.GetFinite() is not { } score ? Unparsable("not_a_number: The grader's score is no number.")
            : score < spec.Lowest || score > spec.Highest
                ? Unparsable("outside_the_range: The grader's score is not within the range of the spec.")
            : new Grade { Outcome = GradeOutcome.Graded, Score = score };
        return grade with { Text = ExplanationOf(said) };
    }

    private static string? ExplanationOf(JsonElement said) =>
        said.Get("explanation")?.GetText() is not { } text ? null
        : text.Length <= MaxExplanation ? text
        : text[..(char.IsHighSurrogate(text[MaxExplanation - 1]) ? MaxExplanation - 1 : MaxExplanation)];

    private static Grade Unparsable(string reason) => new() { Outcome = GradeOutcome.Unparsable, Reason = reason };

    [GeneratedRegex(@"\A[a-z0-9_.-]{1,64}\z")]
    private static partial Regex Code();
}
