using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>What became of the samples, the first of those that were not scored, and how many are in the training file.</summary>
internal static class OutcomesSection
{
    public static ReportSection Create(ReportSource source) =>
        new(
            "outcomes",
            "Samples by outcome",
            [
                OutcomesOf(source),
                .. source.Summary.Examples.Where(role => role.Value.Count > 0).Select(role => ExamplesOf(source, role.Key, role.Value)),
                .. source.Summary.Leakage is { } leakage ? [new Paragraph(Describe(leakage))] : Array.Empty<ReportBlock>(),
            ]
        );

    private static Table OutcomesOf(ReportSource source)
    {
        var summary = source.Summary;
        var counts = summary.Outcomes.Values;
        return new Table(
            ["outcome", .. summary.Outcomes.Keys.Select(role => Column.Number(source.NameOf(role)))],
            [
                .. OutcomeNames
                    .All.Where(outcome => counts.Any(role => role[outcome.Value] > 0))
                    .Select(outcome => new Row(
                        new Cell(OutcomeWords.LabelOf(outcome.Value)) { Note = outcome.Key },
                        [.. counts.Select(role => (Cell)NumberText.Count(role[outcome.Value]))]
                    )),
                Shares("count in the metrics", role => summary.Coverage.GetValueOrDefault(role)),
                Shares("of these unreadable", role => summary.UnparsableRate.TryGetValue(role, out var share) ? share : null),
            ]
        )
        {
            Caption = "Samples by outcome",
            IsCaptionHidden = true,
        };

        Row Shares(string name, Func<string, double?> shareOf) =>
            new(
                name,
                [
                    .. summary.Outcomes.Keys.Select(role =>
                        (Cell)(shareOf(role) is { } share && double.IsFinite(share) ? NumberText.Share(share) : null)
                    ),
                ]
            );
    }

    private static Details ExamplesOf(ReportSource source, string role, IReadOnlyList<UnscoredSample> examples) =>
        new(
            $"not scored, of {source.NameOf(role)}",
            IsOpen: false,
            [
                new SampleCards([
                    .. examples.Select(example => new SampleCard(
                        FoldedText.Cut(example.Id, FoldedText.MaxBeginning),
                        $"line {NumberText.Count(example.Line)} · {OutcomeWords.LabelOf(example.Outcome)}",
                        [
                            .. example.Reason is { } reason
                                ? [new SamplePart("reason", FoldedText.From(reason))]
                                : Array.Empty<SamplePart>(),
                            .. example.Text is { } text ? [new SamplePart("answer", FoldedText.From(text))] : Array.Empty<SamplePart>(),
                        ]
                    )),
                ]),
            ]
        )
        {
            Note = $"the first {examples.Count}",
        };

    private static string Describe(LeakageSummary leakage) =>
        leakage.Unchecked is { } why
            ? $"Not checked for leaked samples: {why}"
            : $"Found in the training file ({NumberText.Count(leakage.TrainingRows)} rows): "
                + $"{NumberText.Count(leakage.Exact)} samples with the same words, {NumberText.Count(leakage.Ngrams)} by most of their "
                + "n-grams. The slices leaked=yes and leaked=no give the scores.";
}
