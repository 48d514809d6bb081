using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>What got worse, the most samples lost first: since the previous run, and against the baseline.</summary>
internal static class WorseSection
{
    /// <summary>Lines that are seen at first.</summary>
    private const int MaxOpen = 6;

    /// <summary>UTF-16 units of the name of what got worse; the tables below have all of it.</summary>
    private const int MaxNameLength = 80;

    public static ReportSection? Create(ReportSource source)
    {
        List<Card> cards = [];
        if (source.Overview.Previous is { } previous)
        {
            cards.Add(SincePrevious(previous));
        }

        if (source.Overview.Worse is { } worse)
        {
            cards.Add(
                new Card(
                    "worse-baseline",
                    $"Worse than {source.Baseline}",
                    [
                        .. worse.Count > 0
                            ? ListOf(worse, source.Overview.WorseTotal ?? worse.Count, source.Baseline)
                            : [new Paragraph("No class and no slice.")],
                    ]
                )
            );
        }

        return cards.Count > 0 ? new ReportSection("worse", "What got worse", [new Beside(cards)]) : null;
    }

    private static Card SincePrevious(OverviewPrevious previous)
    {
        var run = previous.Model is { } model ? $"{previous.RunId} of {model}" : previous.RunId;
        if (previous.NotPaired is { } why)
        {
            return new Card("worse-previous", "Since the previous run", [new Paragraph($"Run {run} is not compared. {why}")]);
        }

        string[] facts =
        [
            .. previous.Paired is { } paired ? [$"{NumberText.Count(paired)} samples that both have"] : Array.Empty<string>(),
            .. previous.Gained is { } gained ? [$"{NumberText.Count(gained)} gained: right in this run only"] : Array.Empty<string>(),
            .. previous.Lost is { } lost ? [$"{NumberText.Count(lost)} lost: right in the previous run only"] : Array.Empty<string>(),
            .. previous.NoClearChange is { } same
                ? [$"{NumberText.Count(same)} {(same == 1 ? "class" : "classes")} without a clear change"]
                : Array.Empty<string>(),
        ];
        return new Card(
            "worse-previous",
            "Since the previous run",
            [
                .. previous.Worse.Count > 0
                    ? ListOf(previous.Worse, previous.WorseTotal, "previous run")
                    : [new Paragraph("Nothing got clearly worse.")],
                new Paragraph($"Run {run}: {string.Join("; ", facts)}.", IsNote: true),
            ]
        );
    }

    private static IEnumerable<ReportBlock> ListOf(IReadOnlyList<OverviewChange> changes, int total, string before)
    {
        yield return TableOf([.. changes.Take(MaxOpen)], before);
        if (changes.Count > MaxOpen)
        {
            yield return new Details("more", IsOpen: false, [TableOf([.. changes.Skip(MaxOpen)], before)])
            {
                Count = $"{changes.Count - MaxOpen}",
                Note = total > changes.Count ? $"of {NumberText.Count(total)} in all; the API has them" : null,
            };
        }
    }

    private static Table TableOf(IReadOnlyList<OverviewChange> changes, string before) =>
        new(["", Column.Number(before), Column.Number("now"), Column.Number("change")], [.. changes.Select(RowOf)])
        {
            Caption = "What got worse, the most samples lost first",
            IsCaptionHidden = true,
        };

    /// <summary>What the number is, and of how many samples.</summary>
    private static string NoteOf(OverviewChange change) =>
        MetricWords.Find(change.Metric).Label + (change.Samples is { } samples ? $", {NumberText.Count(samples)} samples" : "");

    /// <summary>The class, the slice, or the class in the slice; for a number over all samples its label.</summary>
    private static string SubjectOf(OverviewChange change)
    {
        var label = MetricWords.Find(change.Name).Subject;
        return change.Slice == MetricReport.AllSamples ? label ?? change.Label
            : label is null ? change.Slice
            : $"{label} in {change.Slice}";
    }

    private static Row RowOf(OverviewChange change) =>
        new(
            new Cell(FoldedText.Cut(SubjectOf(change), MaxNameLength)) { Note = NoteOf(change) },
            [
                change.From.Text,
                change.To.Text,
                new Cell($"▼ {change.Difference.Text}", change.IsClear ? "worse" : null)
                {
                    Note = string.Join(", ", new[] { change.Difference.PText, change.IsClear ? "clear change" : null }.OfType<string>()),
                },
            ]
        );
}
