using FunctionsEval.Core.Scoring.Stored;

namespace FunctionsEval.Core.Scoring.Sums;

/// <summary>
/// Some sums in every bootstrap replicate. What samples add waits until there are many, and is then added word by word.
/// </summary>
/// <param name="words">How many sums there are.</param>
/// <param name="batch">The weights of the samples that are added.</param>
internal sealed class ReplicateSums(int words, WeightBatch batch)
{
    private const int None = -1;

    private readonly long[] _columns = new long[words * batch.Replicates];
    private readonly List<Waiting> _waiting = [];
    private readonly List<int> _touched = [];

    // By word: its last entry in _waiting.
    private int[]? _last;

    /// <summary>The sum of word w in replicate r at w × replicates + r.</summary>
    public ReadOnlySpan<long> Columns
    {
        get
        {
            Settle();
            return _columns;
        }
    }

    /// <summary>Adds weight × amount to a word's sum in each replicate.</summary>
    /// <param name="word">The word.</param>
    /// <param name="place">What <see cref="WeightBatch.Draw"/> gave for the sample.</param>
    /// <param name="amount">The amount.</param>
    public void Add(int word, int place, long amount)
    {
        if (amount == 0)
        {
            return;
        }

        if (_waiting.Count == 0)
        {
            batch.Enlist(this);
            if (_last is null)
            {
                _last = new int[words];
                Array.Fill(_last, None);
            }
        }

        if (_last![word] == None)
        {
            _touched.Add(word);
        }

        _waiting.Add(new Waiting(_last[word], place, amount));
        _last[word] = _waiting.Count - 1;
    }

    /// <summary>Adds other sums of the same words.</summary>
    public void Add(ReplicateSums other)
    {
        var columns = other.Columns;
        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i] = unchecked(_columns[i] + columns[i]);
        }
    }

    /// <summary>Writes the sums.</summary>
    public void Write(StoredWriter writer)
    {
        for (var columns = Columns; !columns.IsEmpty; columns = columns[batch.Replicates..])
        {
            writer.WriteColumn(columns[..batch.Replicates]);
        }
    }

    /// <summary>Adds what other sums wrote.</summary>
    public void Add(StoredReader reader)
    {
        for (var start = 0; start < _columns.Length; start += batch.Replicates)
        {
            reader.AddColumn(_columns.AsSpan(start, batch.Replicates));
        }
    }

    /// <summary>Adds what waits.</summary>
    public void Settle()
    {
        Span<int> places = stackalloc int[WeightBatch.Capacity];
        Span<long> amounts = stackalloc long[WeightBatch.Capacity];
        foreach (var word in _touched)
        {
            var column = _columns.AsSpan(word * batch.Replicates, batch.Replicates);
            var count = 0;
            for (var entry = _last![word]; entry != None; entry = _waiting[entry].Before)
            {
                if (count == WeightBatch.Capacity)
                {
                    WeightedSums.Add(column, batch.Weights, places, amounts);
                    count = 0;
                }

                (places[count], amounts[count]) = (_waiting[entry].Place, _waiting[entry].Amount);
                count++;
            }

            WeightedSums.Add(column, batch.Weights, places[..count], amounts[..count]);
            _last[word] = None;
        }

        _touched.Clear();
        _waiting.Clear();
    }

    /// <summary>What a sample adds to a word.</summary>
    /// <param name="Before">The word's entry before this one; −1 for none.</param>
    /// <param name="Place">Where the sample's weights are.</param>
    /// <param name="Amount">What each of them is multiplied by.</param>
    private readonly record struct Waiting(int Before, int Place, long Amount);
}
