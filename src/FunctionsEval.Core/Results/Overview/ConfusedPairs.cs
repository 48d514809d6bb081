using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Results.Overview;

/// <summary>What a confusion matrix says without its 77 columns.</summary>
internal static class ConfusedPairs
{
    /// <summary>
    /// The pairs of classes that were confused most often, and how many pairs were confused at all; null without a matrix.
    /// </summary>
    /// <param name="summary">The summary.</param>
    public static (IReadOnlyList<ConfusedPair> Pairs, int Total)? Find(RunSummary summary)
    {
        if (MatrixOf(summary, MetricReport.AllSamples) is not { Table: { Labels: { } labels, Rows: var rows } })
        {
            return null;
        }

        // A matrix has the square of the labels' number of cells: most are 0, and few are shown.
        var cells = rows.Index()
            .SelectMany(row => row.Item.Index().Select(cell => (Row: row.Index, Column: cell.Index, Samples: (long)cell.Item)))
            .Where(cell => cell.Row < labels.Count && cell.Row != cell.Column && cell.Samples > 0)
            .ToList();
        var most = cells.OrderByDescending(cell => cell.Samples).ThenBy(cell => cell.Row).ThenBy(cell => cell.Column);
        return ([.. most.Take(RunOverview.MaxConfused).Select(cell => PairOf(labels, cell))], cells.Count);
    }

    /// <summary>Samples of each class; empty without a matrix.</summary>
    /// <param name="summary">The summary.</param>
    /// <param name="slice">The slice.</param>
    public static IReadOnlyDictionary<string, long> SupportOf(RunSummary summary, string slice)
    {
        var support = new Dictionary<string, long>(StringComparer.Ordinal);
        if (MatrixOf(summary, slice) is { Table: { Labels: { } labels, Rows: var rows } })
        {
            foreach (var (label, row) in labels.Zip(rows))
            {
                support[label] = (long)row.Sum();
            }
        }

        return support;
    }

    private static ScoredTable? MatrixOf(RunSummary summary, string slice) =>
        summary.ConfusionMatrices.FirstOrDefault(table => table.Role == ModelRole.Candidate && table.Slice == slice);

    private static ConfusedPair PairOf(IReadOnlyList<string> labels, (int Row, int Column, long Samples) cell)
    {
        var isOther = cell.Column >= labels.Count;
        var prediction = isOther ? ConfusedPair.Other : labels[cell.Column];
        return new ConfusedPair(
            labels[cell.Row],
            prediction,
            cell.Samples,
            // An answer that is no label does not parse.
            isOther
                ? new Dictionary<string, string> { ["label"] = labels[cell.Row], ["outcome"] = OutcomeNames.NameOf(Outcome.Unparsable) }
                : new Dictionary<string, string> { ["label"] = labels[cell.Row], ["prediction"] = prediction }
        )
        {
            IsOther = isOther,
        };
    }
}
