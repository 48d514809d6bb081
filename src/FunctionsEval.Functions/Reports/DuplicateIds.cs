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

    /// <summary>The hash of a sample's id; null for a further answer to a sample, and a further turn of a row, which have its id by right.</summary>
    public static ulong? KeyOf(EvaluatedSample row) => row.Repeat > 1 || row.Turn > 1 ? null : Scoreboard.SampleKey(row.RowId);

    /// <summary>Looks at the next sample in dataset order.</summary>
    /// <param name="key">What <see cref="KeyOf"/> says of it.</param>
    /// <param name="line">Its line in the dataset.</param>
    public void Add(ulong key, long line)
    {
        if (_seen.Count < MaxKept ? _seen.Add(key) : !_seen.Contains(key))
        {
            return;
        }

        Count++;
        FirstLine ??= line;
    }
}
