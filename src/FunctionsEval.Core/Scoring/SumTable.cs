using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring.Stored;

namespace FunctionsEval.Core.Scoring;

/// <summary>Sums over samples, and the same sums in every replicate: one column of replicates per word.</summary>
internal sealed class SumTable(ScoreboardLayout layout)
{
    private bool _hasReplicates = layout.Replicates > 0;

    // Most tables of most slices stay empty, so they take no room until something is added.
    private long[]? _totals;

    /// <summary>How many samples were counted.</summary>
    public long Samples { get; private set; }

    /// <summary>
    /// The sum over the samples of how many each row has (<see cref="Count"/>), which is that of the squared sizes of the rows.
    /// </summary>
    private long _ofSameRows;

    /// <summary>
    /// How many samples the row of a sample has, in the mean over the samples; 1 over no sample. Where all samples of a row were alike,
    /// samples ÷ this would be how many independent ones they are worth (Kish, "Survey Sampling", 1965: n² ÷ Σ m² for rows of m samples).
    /// </summary>
    public double MeanOfSameRow => Samples == 0 ? 1 : (double)_ofSameRows / Samples;

    /// <summary>The sums, <see cref="ScoreboardLayout.SumLength"/> words.</summary>
    public ReadOnlySpan<long> Totals => _totals is null ? layout.NoSums : _totals;

    /// <summary>The sums of word w in replicate r at w × replicates + r; null before the first sample and when dropped.</summary>
    public long[]? Replicates { get; private set; }

    /// <summary>The sums over the samples of both.</summary>
    public static SumTable Union(SumTable first, SumTable second)
    {
        var union = first.CreateLike();
        union.Merge(first);
        union.Merge(second);
        return union;
    }

    /// <summary>Counts a sample.</summary>
    /// <param name="ofSameRow">How many samples its row has, itself included.</param>
    public void Count(int ofSameRow)
    {
        Samples++;
        _ofSameRows += ofSameRow;
    }

    /// <summary>Adds what one metric measured of a sample.</summary>
    /// <param name="offset">Where the metric's sums begin.</param>
    /// <param name="terms">What is added to them.</param>
    /// <param name="weights">The sample's weight in every replicate.</param>
    /// <exception cref="OverflowException">A sum left the range of 64 bits.</exception>
    public void Add(int offset, ReadOnlySpan<SumTerm> terms, ReadOnlySpan<long> weights)
    {
        _totals ??= new long[layout.SumLength];
        foreach (var (index, amount) in terms)
        {
            _totals[offset + index] = checked(_totals[offset + index] + amount);
        }

        if (_hasReplicates && offset < layout.ReplicatedLength)
        {
            var columns = Replicates ??= new long[layout.ReplicatedLength * weights.Length];
            foreach (var (index, amount) in terms)
            {
                ReplicateColumn.AddScaled(columns.AsSpan((offset + index) * weights.Length, weights.Length), weights, amount);
            }
        }
    }

    /// <summary>Adds everything that <paramref name="other"/> has seen.</summary>
    /// <exception cref="OverflowException">A sum left the range of 64 bits.</exception>
    public void Merge(SumTable other)
    {
        Samples += other.Samples;
        _ofSameRows += other._ofSameRows;
        if (other._totals is { } sums)
        {
            _totals ??= new long[sums.Length];
            for (var i = 0; i < sums.Length; i++)
            {
                _totals[i] = checked(_totals[i] + sums[i]);
            }
        }

        if (_hasReplicates && other.Replicates is { } columns)
        {
            Replicates ??= new long[columns.Length];
            ReplicateColumn.Add(Replicates, columns);
        }
    }

    /// <summary>Writes what was added.</summary>
    public void Write(StoredWriter writer)
    {
        writer.Write((ulong)Samples);
        writer.Write((ulong)_ofSameRows);
        writer.Write(_totals is not null);
        foreach (var sum in _totals ?? [])
        {
            writer.Write(sum);
        }

        writer.Write(Replicates is not null);
        for (var start = 0; start < Replicates?.Length; start += layout.Replicates)
        {
            writer.WriteColumn(Replicates.AsSpan(start, layout.Replicates));
        }
    }

    /// <summary>Adds what another table wrote.</summary>
    /// <exception cref="OverflowException">A sum left the range of 64 bits.</exception>
    public void Merge(StoredReader reader)
    {
        Samples += (long)reader.ReadUnsigned();
        _ofSameRows += (long)reader.ReadUnsigned();
        if (reader.ReadFlag())
        {
            _totals ??= new long[layout.SumLength];
            for (var i = 0; i < _totals.Length; i++)
            {
                _totals[i] = checked(_totals[i] + reader.ReadSigned());
            }
        }

        if (reader.ReadFlag())
        {
            var columns = _hasReplicates
                ? Replicates ??= new long[layout.ReplicatedLength * layout.Replicates]
                : new long[layout.ReplicatedLength * layout.Replicates];
            for (var start = 0; start < columns.Length; start += layout.Replicates)
            {
                reader.AddColumn(columns.AsSpan(start, layout.Replicates));
            }
        }
    }

    /// <summary>Removes the replicates for good.</summary>
    public void DropReplicates()
    {
        _hasReplicates = false;
        Replicates = null;
    }

    private SumTable CreateLike() => new(layout) { _hasReplicates = _hasReplicates };
}
