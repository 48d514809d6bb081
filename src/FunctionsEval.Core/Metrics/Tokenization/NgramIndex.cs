using System.Numerics;

namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary>
/// Numbers the n-grams of several token sequences alike, one order after the other: an n-gram is the pair of its first n − 1
/// tokens' number and its last token, so equal numbers mean equal n-grams without any hashing of text.
/// </summary>
internal sealed class NgramIndex
{
    private const long Free = -1;

    private readonly IReadOnlyList<int[]> _sequences;
    private readonly List<int[]> _numbers;

    // An open-addressing table from (prefix, token) to number, at most half full: .NET's dictionary takes most of the time here.
    private readonly long[] _keys;
    private readonly int[] _values;
    private readonly int _shift;

    /// <summary>Creates the index before order 1.</summary>
    /// <param name="sequences">The sequences of tokens, equal tokens being equal numbers.</param>
    public NgramIndex(IReadOnlyList<int[]> sequences)
    {
        this._sequences = sequences;
        _numbers = [.. sequences.Select(sequence => new int[sequence.Length])];
        var bits = BitOperations.Log2((uint)sequences.Sum(sequence => sequence.Length) | 1) + 2;
        _shift = 64 - bits;
        _keys = new long[1 << bits];
        _values = new int[1 << bits];
    }

    /// <summary>The current order.</summary>
    public int Order { get; private set; }

    /// <summary>How many different n-grams of the current order there are.</summary>
    public int Count { get; private set; }

    /// <summary>Goes on to the n-grams that are longer by one.</summary>
    public void Advance()
    {
        Order++;
        Count = 0;
        _keys.AsSpan().Fill(Free);
        for (var s = 0; s < _sequences.Count; s++)
        {
            var tokens = _sequences[s];
            var current = _numbers[s];
            for (var i = 0; i + Order <= tokens.Length; i++)
            {
                current[i] = NumberOf(current[i], tokens[i + Order - 1]);
            }
        }
    }

    /// <summary>The numbers of a sequence's n-grams, in order of their position.</summary>
    public ReadOnlySpan<int> NumbersOf(int sequence) => _numbers[sequence].AsSpan(0, Math.Max(0, _sequences[sequence].Length - Order + 1));

    /// <summary>How often each n-gram occurs in a sequence.</summary>
    public int[] CountsOf(int sequence)
    {
        var counts = new int[Count];
        foreach (var number in NumbersOf(sequence))
        {
            counts[number]++;
        }

        return counts;
    }

    /// <summary>Numbers tokens so that equal ones get equal numbers.</summary>
    public static IReadOnlyList<int[]> NumberTokens(IEnumerable<IReadOnlyList<string>> sequences)
    {
        var numberOf = new Dictionary<string, int>(64, StringComparer.Ordinal);
        var numbered = new List<int[]>();
        foreach (var sequence in sequences)
        {
            var numbers = new int[sequence.Count];
            for (var i = 0; i < numbers.Length; i++)
            {
                if (!numberOf.TryGetValue(sequence[i], out numbers[i]))
                {
                    numbers[i] = numberOf.Count;
                    numberOf.Add(sequence[i], numbers[i]);
                }
            }

            numbered.Add(numbers);
        }

        return numbered;
    }

    private int NumberOf(int prefix, int token)
    {
        var key = ((long)prefix << 32) | (uint)token;
        var slot = (int)(unchecked((ulong)key * 0x9E3779B97F4A7C15) >> _shift);
        while (_keys[slot] != key)
        {
            if (_keys[slot] == Free)
            {
                _keys[slot] = key;
                _values[slot] = Count;
                return Count++;
            }

            slot = (slot + 1) & (_keys.Length - 1);
        }

        return _values[slot];
    }
}
