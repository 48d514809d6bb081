using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results.Overview;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>Where the answers are wrong: the classes that are taken for each other, with samples, and the weakest classes and slices.</summary>
internal static class WrongSection
{
    /// <summary>Pairs that are seen at first.</summary>
    private const int MaxOpen = 8;

    /// <summary>UTF-16 units of a class' name in a list; the samples and the list of all pairs have all of it.</summary>
    private const int MaxNameLength = 80;

    public static ReportSection? Create(ReportSource source)
    {
        List<Card> cards = [];
        var wrong = source.Overview.Wrong is { } count ? $": {NumberText.Count(count)} wrong" : "";
        if (source.Overview.Confused is { Count: > 0 } pairs)
        {
            cards.Add(new Card("confused", $"Most confused{wrong}", [.. PairsOf(source, pairs)]));
        }

        if (source.Overview.Weakest is { Count: > 0 } weakest)
        {
            cards.Add(new Card("weakest", "Lowest numbers", [WeakestOf(weakest)]));
        }

        return cards.Count > 0
            ? new ReportSection("wrong", source.Overview.Confused is null ? "Weakest" : "Wrong answers", [new Beside(cards)])
            : null;
    }

    private static IEnumerable<ReportBlock> PairsOf(ReportSource source, IReadOnlyList<ConfusedPair> pairs)
    {
        foreach (var pair in pairs.Take(MaxOpen))
        {
            yield return PairOf(source, pair);
        }

        if (pairs.Count > MaxOpen)
        {
            yield return new Details("more pairs", IsOpen: false, [.. pairs.Skip(MaxOpen).Select(pair => PairOf(source, pair))])
            {
                Count = $"{pairs.Count - MaxOpen}",
                Note = source.Overview.ConfusedTotal is { } total && total > pairs.Count ? $"of {NumberText.Count(total)} in all" : null,
            };
        }

        yield return new Paragraph("Wanted → answered, with the first samples of each.", IsNote: true);
    }

    private static Details PairOf(ReportSource source, ConfusedPair pair)
    {
        var samples = source.Samples.OfPair(pair.Reference, pair.IsOther ? null : pair.Prediction);
        return new Details(
            $"{FoldedText.Cut(pair.Reference, MaxNameLength)} → {FoldedText.Cut(pair.Prediction, MaxNameLength)}",
            IsOpen: false,
            [samples.Count > 0 ? new SampleCards(samples) : new Paragraph("samples.jsonl has the samples.", IsNote: true)]
        )
        {
            Count = NumberText.Count(pair.Samples),
        };
    }

    private static Row RowOf(WeakNumber number) =>
        new(
            new Cell(FoldedText.Cut(number.Subject, MaxNameLength)) { Note = MetricWords.Find(number.Metric).Label },
            [number.Text, ReportText.Count(number.Samples)]
        );

    private static Table WeakestOf(IReadOnlyList<WeakNumber> numbers) =>
        new(["", Column.Number("value"), Column.Number("samples")], [.. numbers.Select(number => RowOf(number))])
        {
            Caption = "The classes and slices with the lowest numbers",
            IsCaptionHidden = true,
        };
}
