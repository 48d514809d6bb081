namespace FunctionsEval.Core.Datasets.Csv;

/// <summary>
/// Cuts a dataset that is read row by row into shards. The mean length of the rows in the dataset's head decides the distance between cuts,
/// so the places in the head where a cut is possible are kept until the head is read.
/// </summary>
/// <param name="start">Where the first row begins.</param>
/// <param name="length">Bytes of the dataset.</param>
/// <param name="options">How large shards may be.</param>
internal sealed class ShardCuts(long start, long length, ShardPlanOptions options)
{
    private readonly long _headEnd = Math.Min(length, start + options.HeadBytes);
    private readonly List<long> _cuts = [start];
    private readonly List<long> _waiting = [];
    private long _headRows;
    private long _stride;

    /// <summary>Where the first row begins.</summary>
    public long Start => start;

    /// <summary>Takes a row.</summary>
    /// <param name="end">Where it ends.</param>
    /// <param name="mayCut">Whether a shard may end there.</param>
    public void Add(long end, bool mayCut)
    {
        if (_stride > 0)
        {
            CutAt(end, mayCut);
            return;
        }

        _headRows++;
        if (!mayCut)
        {
            return;
        }

        _waiting.Add(end);
        if (end < _headEnd)
        {
            return;
        }

        var meanRow = Math.Max(1, (double)(end - start) / _headRows);
        _stride = ShardPlanner.Stride((long)Math.Ceiling((length - start) / meanRow), meanRow, options);
        _waiting.ForEach(waiting => CutAt(waiting, mayCut: true));
    }

    /// <summary>The cuts, from the first row's beginning to the end of the dataset.</summary>
    public List<long> Finish()
    {
        if (_cuts[^1] < length)
        {
            _cuts.Add(length);
        }

        return _cuts;
    }

    private void CutAt(long end, bool mayCut)
    {
        if (mayCut && end - _cuts[^1] >= _stride)
        {
            _cuts.Add(end);
        }
    }
}
