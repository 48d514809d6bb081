using System.Globalization;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.LocalHost.Client.Layout;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Client;

/// <summary>Prints samples for a person: a line each, with what was asked, what was wanted and what came.</summary>
internal sealed class SamplesPrinter(IAnsiConsole console)
{
    /// <summary>Texts beyond it are in the JSON form and in the dashboard.</summary>
    private const int MaxTextLength = 300;

    /// <summary>Prints samples.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="metric">What their scores are of; null for none.</param>
    public void Print(IReadOnlyList<SampleResult> samples, string? metric)
    {
        if (samples.Count == 0)
        {
            return;
        }

        var text = new NumberText(metric is null ? MetricUnit.Plain : MetricWords.Find(metric).Unit);
        var isCompared = samples.Any(sample => sample.Against is not null);
        var table = new FittedTable(
            console,
            [
                new(""),
                new("line", ToRight: true, Rank: 4),
                new("sample", 8, Rank: 1),
                new("score", ToRight: true, Rank: 2),
                new("input", 14),
                new("wanted", 8),
                new(isCompared ? "now" : "answer", 8),
                new(isCompared ? "before" : "baseline", 8, Rank: 3),
            ]
        );
        foreach (var sample in samples)
        {
            var mark = MarkOf(sample);
            table.Add(
                new FittedCell(mark.Sign, mark.Colour),
                sample.Line.ToString(CultureInfo.InvariantCulture),
                sample.Id,
                sample.Scores?.Candidate is { } score ? text.Value(score) : null,
                Short(sample.Input),
                Short(string.Join(" | ", sample.References)),
                AnswerOf(sample.Candidate),
                AnswerOf(isCompared ? sample.Against : sample.Baseline)
            );
        }

        table.Print();
    }

    /// <summary>How many of how many these are, and how to see more; null where all are there.</summary>
    /// <param name="shown">How many are shown.</param>
    /// <param name="last">The last page of them.</param>
    public static string? Rest(int shown, SamplePage? last)
    {
        var of = last is { Of: { } samples, Total: { } matching } && samples != matching ? $" (of {NumberText.Count(samples)} in all)" : "";
        return last switch
        {
            null or { Total: 0 } => $"No sample matches{of}.",
            { Total: { } total } when total > shown =>
                $"{NumberText.Count(shown)} of {NumberText.Count(total)} samples{of}; --size for more.",
            { Total: { } total } => $"{NumberText.Count(total)} samples{of}.",
            { Next: not null } => $"The first {NumberText.Count(shown)} samples; --size for more.",
            _ => shown == 0 ? "No sample matches." : null,
        };
    }

    private static Mark MarkOf(SampleResult sample)
    {
        var isRight = sample.Correct is { } correct ? correct.Candidate : sample.FindCorrect(sample.Candidate);
        return sample.Candidate is not { IsMeasured: true }
            ? new Mark("!", "no answer", "yellow")
            : isRight switch
            {
                true => new Mark("✓", "right", "green"),
                false => new Mark("✗", "wrong", "red"),
                null => new Mark("•", "neither right nor wrong", "grey"),
            };
    }

    private static string AnswerOf(AnswerResult? answer) =>
        answer is null ? ""
        : Short(answer.Prediction ?? answer.Text) is { Length: > 0 } text ? text
        : $"({OutcomeWords.LabelOf(answer.Outcome)})";

    private static string Short(string? text) =>
        TextLayout.Fit(TextLayout.Flat(text is { Length: > 4 * MaxTextLength } ? text[..(4 * MaxTextLength)] : text ?? ""), MaxTextLength);
}
