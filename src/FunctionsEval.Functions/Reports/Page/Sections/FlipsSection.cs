using System.Globalization;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>Samples that only one of the two models got right.</summary>
internal static class FlipsSection
{
    public static ReportSection? Create(ReportSource source) =>
        source.Summary.Models.Count < 2 ? null : new ReportSection("Flips", [.. BlocksOf(source)]);

    private static IEnumerable<ReportBlock> BlocksOf(ReportSource source)
    {
        if (source.CandidateLines.FirstOrDefault(metric => metric.Gained is not null) is { } line)
        {
            yield return new Paragraph(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"By {line.Name}: {line.Gained} gained (only the candidate is right), {line.Lost} lost (only the baseline is)."
                )
            );
        }

        var flips = source.Flips;
        foreach (var (title, samples, isOpen) in new[] { ("Lost", flips.Lost, true), ("Gained", flips.Gained, false) })
        {
            if (samples.Count > 0)
            {
                yield return new Details($"{title} ({samples.Count} shown)", isOpen, [TableOf(title, samples)]);
            }
        }

        var cut = flips.IsCut ? $", looked for in the first {SampleFlips.MaxLookedAt:N0} samples" : "";
        yield return new Paragraph(
            $"Answers that equal a reference, or do not; the first {SampleFlips.MaxShown} of each kind in dataset order{cut}.",
            IsNote: true
        );
    }

    private static Table TableOf(string title, IReadOnlyList<SampleResult> samples) =>
        new(
            Table.Named("sample", "input", "reference", "candidate", "baseline"),
            [
                .. samples.Select(sample => new Row(
                    ReportText.Sample(sample.Id, sample.Line),
                    [
                        ReportText.Beginning(sample.Input),
                        ReportText.Beginning(string.Join(" | ", sample.References)),
                        Answer(sample.Candidate),
                        Answer(sample.Baseline),
                    ]
                )),
            ]
        )
        {
            Label = title,
            CssClass = "samples",
        };

    private static string? Answer(AnswerResult? answer) => ReportText.Beginning(answer?.Prediction ?? answer?.Text ?? answer?.Reason);
}
