using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Core.Metrics.Graders;

/// <summary>
/// Reads a judge's answer, strictly: one JSON object with the label or the score (alone, in a code fence, or on lines of its own at the end
/// of a text without another object), or the bare label or number. Anything else is no grade. Reasoning before the answer is not read.
/// </summary>
public static class JudgeReading
{
    private const string Fence = "```";

    /// <summary>Reads a judge's answer.</summary>
    /// <param name="judge">What was asked.</param>
    /// <param name="text">What the judge wrote.</param>
    public static Grade Read(JudgeSpec judge, string text)
    {
        ArgumentNullException.ThrowIfNull(judge);
        ArgumentNullException.ThrowIfNull(text);
        var written = MarkersBeside(judge).Separate(text);
        var answer = ObjectAtEnd(Unfence(written.Answer.Trim()));
        return (
            written.IsReasoningOnly ? Unparsable(UnparsableReasons.ReasoningOnly)
            : answer.StartsWith('{') ? ReadObject(judge, answer)
            : ReadValue(judge, answer)
        ) with
        {
            Text = text,
        };
    }

    /// <summary>The markers by which a judge's reasoning is kept apart from its answer.</summary>
    /// <param name="judge">What is asked.</param>
    public static ReasoningMarkers MarkersBeside(JudgeSpec judge)
    {
        ArgumentNullException.ThrowIfNull(judge);
        return ReasoningMarkers.All.Except(judge.Labels);
    }

    /// <summary>The JSON object that ends a text, where it begins a line and is the only one; else the text.</summary>
    private static string ObjectAtEnd(string text)
    {
        if (!text.EndsWith('}') && !text.EndsWith(Fence, StringComparison.Ordinal))
        {
            return text;
        }

        var start = text.IndexOf('{', StringComparison.Ordinal);
        var line = text.LastIndexOf('\n', Math.Max(0, start));
        if (
            start <= 0
            || line < 0
            || !text.AsSpan(line, start - line).IsWhiteSpace()
            || LenientReading.JsonObjects(text).Take(2).ToArray() is not [var only]
        )
        {
            return text;
        }

        return text.AsSpan(start + only.Length).Trim().Trim('`').IsEmpty ? only : text;
    }

    private static string Unfence(string text)
    {
        var firstLine = text.IndexOf('\n');
        return
            text.StartsWith(Fence, StringComparison.Ordinal)
            && text.EndsWith(Fence, StringComparison.Ordinal)
            && firstLine > 0
            && firstLine < text.Length - Fence.Length
            ? text[firstLine..^Fence.Length].Trim()
            : text;
    }

    private static Grade ReadObject(JudgeSpec judge, string json)
    {
        var field = judge.Labels.Count > 0 ? "label" : "score";
        try
        {
            using var document = JsonDocument.Parse(json);
            return
                document.RootElement.TryGetProperty(field, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number
                ? ReadValue(judge, value.ToString())
                : Unparsable($"missing_{field}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second for a name or a text that escapes half a surrogate pair.
            return Unparsable("not_a_json_object");
        }
    }

    private static Grade ReadValue(JudgeSpec judge, string value)
    {
        if (judge.Labels.Count > 0)
        {
            return judge.Labels.Contains(value, StringComparer.Ordinal)
                ? new Grade { Outcome = GradeOutcome.Graded, Label = value }
                : Unparsable("not_a_label");
        }

        if (
            !double.TryParse(value, NumberStyles.Float & ~NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var score)
            || !double.IsFinite(score)
        )
        {
            return Unparsable("not_a_number");
        }

        score = judge.Clamps ? Math.Clamp(score, judge.Lowest, judge.Highest) : score;
        return score >= judge.Lowest && score <= judge.Highest
            ? new Grade { Outcome = GradeOutcome.Graded, Score = score }
            : Unparsable("outside_the_scale");
    }

    private static Grade Unparsable(string reason) => new() { Outcome = GradeOutcome.Unparsable, Reason = reason };
}
