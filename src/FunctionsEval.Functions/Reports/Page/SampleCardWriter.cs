using System.Globalization;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports.Page;

/// <summary>Samples as cards: what was asked, what is wanted, and what each model answered.</summary>
/// <param name="names">The models' names by role.</param>
/// <param name="showsRightAndWrong">Whether an answer is right or wrong; false where a task's answers are better or worse.</param>
internal sealed class SampleCardWriter(IReadOnlyDictionary<string, string> names, bool showsRightAndWrong)
{
    /// <summary>The card of a sample.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="note">What is said about it; null for nothing.</param>
    public SampleCard Write(SampleResult sample, string? note = null) =>
        new(
            FoldedText.Cut(sample.Id, FoldedText.MaxBeginning),
            string.Join(" · ", new[] { Line(sample), note }.OfType<string>()),
            [
                .. sample.Input is { } input ? [new SamplePart("input", FoldedText.From(input))] : Array.Empty<SamplePart>(),
                .. sample.References.Count > 0
                    ? [new SamplePart("wanted", FoldedText.From(string.Join(" | ", sample.References)))]
                    : Array.Empty<SamplePart>(),
                .. PartsOf(Roles.Candidate, sample, sample.Candidate),
                .. PartsOf(Roles.Baseline, sample, sample.Baseline),
            ]
        );

    private IEnumerable<SamplePart> PartsOf(string role, SampleResult sample, AnswerResult? answer)
    {
        if (answer is null)
        {
            yield break;
        }

        var name = ReportSource.Shorten(names.GetValueOrDefault(role, role));
        var text = FoldedText.From(TextOf(answer));
        if (!answer.IsMeasured)
        {
            yield return new SamplePart(name, text, "inconclusive", "?", OutcomeWords.LabelOf(answer.Outcome));
        }
        else if (!showsRightAndWrong)
        {
            yield return new SamplePart(name, text);
        }
        else if (sample.IsRight(answer))
        {
            yield return new SamplePart(name, text, "pass", "✓", "right");
        }
        else
        {
            yield return new SamplePart(name, text, "fail", "✗", "wrong");
        }
    }

    private static string? TextOf(AnswerResult answer) =>
        answer.ToolCalls is { Count: > 0 } calls
            ? string.Join("\n", calls.Select(call => $"{call.Name}({call.Arguments})"))
            : answer.Prediction ?? answer.Text ?? answer.Reason;

    private static string Line(SampleResult sample) => string.Create(CultureInfo.InvariantCulture, $"line {sample.Line:N0}");
}
