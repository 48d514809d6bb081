using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring.Stored;
using FunctionsEval.Core.Scoring.Sums;

namespace FunctionsEval.Core.Scoring;

/// <summary>Sums over samples, and the same sums in every replicate: one column of replicates per word.</summary>
/// <param name="layout">Where the words are.</param>
/// <param name="batch">The weights of the samples that are added.</param>
internal sealed class SumTable(ScoreboardLayout layout, WeightBatch batch)
{
    // Most tables of most slices stay empty, so they take no room until something is added.
    private long[]? _totals;
    private ReplicateSums? _replicates;

    private bool _hasReplicates = layout.ReplicatedLength * layout.Replicates > 0;

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

    /// <summary>Whether there are replicates: not before the first sample, and not when they are dropped.</summary>
    public bool HasReplicates => _replicates is not null;

    /// <summary>The sums of word w in replicate r at w × replicates + r; empty without replicates.</summary>
    public ReadOnlySpan<long> Replicates => _replicates is null ? [] : _replicates.Columns;

    /// <summary>Bytes of the sums and their replicates.</summary>
    public long Bytes =>
        sizeof(long) * ((_totals?.Length ?? 0L) + (HasReplicates ? (long)layout.ReplicatedLength * layout.Replicates : 0L));

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

    /// <summary>Adds what a sample adds to the sums.</summary>
    /// <param name="terms">What is added.</param>
    /// <param name="place">Where the sample's weights are in the batch.</param>
    /// <exception cref="OverflowException">A sum left the range of 64 bits.</exception>
    public void Add(ReadOnlySpan<SumTerm> terms, int place)
    {
        foreach (var (index, amount) in terms)
        {
            _totals ??= new long[layout.SumLength];
            _totals[index] = checked(_totals[index] + amount);
            if (_hasReplicates && index < layout.ReplicatedLength)
            {
                EnsureReplicates().Add(index, place, amount);
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

        if (_hasReplicates && other._replicates is { } replicates)
        {
            EnsureReplicates().Add(replicates);
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

        writer.Write(HasReplicates);
        _replicates?.Write(writer);
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
            // Where they were dropped, they are read past.
            (_hasReplicates ? EnsureReplicates() : new ReplicateSums(layout.ReplicatedLength, batch)).Add(reader);
        }
    }

    /// <summary>Removes the replicates for good.</summary>
    public void DropReplicates()
    {
        _hasReplicates = false;
        _replicates = null;
    }

    private ReplicateSums EnsureReplicates() => _replicates ??= new ReplicateSums(layout.ReplicatedLength, batch);

    private SumTable CreateLike() => new(layout, batch) { _hasReplicates = _hasReplicates };
}
