using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports;

/// <summary>
/// Finds samples whose id an earlier sample of the dataset has. It looks at the first million, so that its size is bounded.
/// </summary>
internal sealed class DuplicateIds
{
    private const int MaxKept = 1_000_000;

    private readonly HashSet<ulong> _seen = [];

    /// <summary>Samples whose id an earlier one has.</summary>
    public long Count { get; private set; }

    /// <summary>Physical line in the dataset of the first of them; null for none.</summary>
    public long? FirstLine { get; private set; }

    /// <summary>Looks at the next sample in dataset order.</summary>
    public void Add(EvaluatedSample row, long line)
    {
        // Further answers to a sample, and further turns of a row, have its id by right.
        var key = Scoreboard.SampleKey(row.RowId);
        if (row.Repeat > 1 || row.Turn > 1 || (_seen.Count < MaxKept ? _seen.Add(key) : !_seen.Contains(key)))
        {
            return;
        }

        Count++;
        FirstLine ??= line;
    }
}
