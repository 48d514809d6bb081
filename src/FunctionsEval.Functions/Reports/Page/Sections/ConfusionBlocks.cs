using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Functions.Reports.Page.Charts;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>A confusion matrix: as squares, and as a list of who was taken for whom.</summary>
internal static class ConfusionBlocks
{
    /// <summary>Pairs of the list.</summary>
    public const int MaxPairs = 200;

    public static IEnumerable<ReportBlock> Create(string model, MetricTable table)
    {
        var labels = table.Labels!;
        yield return MatrixChart.From($"{table.Kind.Title} of {model}: {table.Kind.Note}", table);
        yield return new Paragraph(
            $"{table.Kind.Note}; a column has the number of its row. The stronger the colour, the larger the share of the true class. "
                + "Classes that are taken for each other stand beside each other; empty squares are not drawn."
                + (labels.Count > MatrixChart.MaxLabels ? $" The {MatrixChart.MaxLabels} classes of {labels.Count} with most errors." : ""),
            IsNote: true
        );
        var pairs = PairsOf(table).OrderByDescending(pair => pair.Samples).ToList();
        if (pairs.Count > 0)
        {
            var shown = pairs.Count > MaxPairs ? $", the {MaxPairs} largest" : "";
            yield return new Details($"wrong pairs as a list{shown}", IsOpen: false, [ListOf(model, pairs)])
            {
                Count = NumberText.Count(pairs.Count),
            };
        }
    }

    private static IEnumerable<(string Reference, string Prediction, double Samples, double Share)> PairsOf(MetricTable table)
    {
        var labels = table.Labels!;
        for (var row = 0; row < table.Rows.Count; row++)
        {
            var counts = table.Rows[row];
            var samples = Math.Max(1, counts.Sum());
            for (var column = 0; column < counts.Count; column++)
            {
                if (column != row && counts[column] > 0)
                {
                    yield return (
                        labels[row],
                        column < labels.Count ? labels[column] : "no label",
                        counts[column],
                        counts[column] / samples
                    );
                }
            }
        }
    }

    private static Table ListOf(string model, List<(string Reference, string Prediction, double Samples, double Share)> pairs) =>
        new(
            ["wanted", "answered", Column.Number("samples"), Column.Number("of the wanted class")],
            [
                .. pairs
                    .Take(MaxPairs)
                    .Select(pair => new Row(
                        pair.Reference,
                        [pair.Prediction, NumberText.Count((long)pair.Samples), NumberText.Share(pair.Share)]
                    )),
            ]
        )
        {
            Caption = $"Wrong answers of {model}, by pair",
        };
}
