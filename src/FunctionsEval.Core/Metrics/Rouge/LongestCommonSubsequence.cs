using System.Numerics;

namespace FunctionsEval.Core.Metrics.Rouge;

/// <summary>
/// Longest common subsequences of tokens, 64 columns of the table at a time (Hyyrö, Australasian Workshop on Combinatorial
/// Algorithms 2004): a row is kept as one bit a column, which is 0 where the length grows by one in that column. One instance
/// serves many pairs, but not several threads at once.
/// </summary>
/// <param name="tokens">How many different tokens there are; they are numbered from 0.</param>
internal sealed class LongestCommonSubsequence(int tokens)
{
    /// <summary>Up to this many words of 64 columns, all rows of a table are kept at once.</summary>
    private const int WordsAtOnce = 1 << 16;

    // For each token a list of where it stands in the prediction: words of 64 columns, each with a mask of its columns.
    private readonly int[] _first = NoEntries(tokens);
    private readonly int[] _last = new int[tokens];
    private readonly List<Columns> _entries = [];
    private int[] _prediction = [];
    private int _words;

    /// <summary>Sets the side that the columns stand for.</summary>
    public void SetPrediction(int[] prediction)
    {
        foreach (var token in this._prediction)
        {
            _first[token] = -1;
        }

        _entries.Clear();
        this._prediction = prediction;
        _words = (prediction.Length + 63) / 64;
        for (var column = 0; column < prediction.Length; column++)
        {
            var (token, word, mask) = (prediction[column], column / 64, 1UL << (column % 64));
            if (_first[token] >= 0 && _entries[_last[token]].Word == word)
            {
                _entries[_last[token]] = _entries[_last[token]] with { Mask = _entries[_last[token]].Mask | mask };
                continue;
            }

            if (_first[token] < 0)
            {
                _first[token] = _entries.Count;
            }
            else
            {
                _entries[_last[token]] = _entries[_last[token]] with { Next = _entries.Count };
            }

            _last[token] = _entries.Count;
            _entries.Add(new Columns(word, mask, Next: -1));
        }
    }

    /// <summary>The length of one of the target and the prediction.</summary>
    public int LengthOf(int[] target)
    {
        var row = FirstRow();
        foreach (var token in target)
        {
            Advance(row, token);
        }

        return CountZeros(row, _prediction.Length);
    }

    /// <summary>
    /// Marks the target's positions in one of them. Of several, it is the one that rouge_score's way back through the table finds:
    /// from the end, equal tokens pair up, and otherwise it moves up in the target unless left is strictly longer. A long target is
    /// walked through in strips, whose rows are computed anew, so that memory grows with its square root.
    /// </summary>
    public void Mark(int[] target, bool[] isMarked)
    {
        if (target.Length == 0 || _words == 0)
        {
            return;
        }

        var height = Math.Max((int)Math.Ceiling(Math.Sqrt(target.Length)), WordsAtOnce / _words);
        var strips = new List<ulong[]>();
        var row = FirstRow();
        for (var i = 0; i < target.Length; i++)
        {
            if (i % height == 0)
            {
                strips.Add([.. row]);
            }

            Advance(row, target[i]);
        }

        var rows = new ulong[Math.Min(height, target.Length) + 1][];
        var (left, column) = (target.Length, _prediction.Length);
        for (var strip = strips.Count - 1; strip >= 0; strip--)
        {
            var top = strip * height;
            rows[0] = strips[strip];
            for (var i = 1; i <= left - top; i++)
            {
                rows[i] = [.. rows[i - 1]];
                Advance(rows[i], target[top + i - 1]);
            }

            (left, column) = WalkBack(target, rows, top, left, column, isMarked);
        }
    }

    /// <summary>Walks from a cell to the top of the strip, or to the table's left edge.</summary>
    private (int Row, int Column) WalkBack(int[] target, ulong[][] rows, int top, int i, int j, bool[] isMarked)
    {
        while (i > top && j > 0)
        {
            var (here, above) = (rows[i - top], rows[i - top - 1]);
            var gain = CountZeros(here, j) - CountZeros(above, j);

            // While neither token pairs up, left is strictly longer than up where the length grows from above, but not from the left.
            while (j > 0 && target[i - 1] != _prediction[j - 1] && gain == 1 && !IsZero(here, j - 1))
            {
                gain += IsZero(above, j - 1) ? 1 : 0;
                j--;
            }

            if (j > 0 && target[i - 1] == _prediction[j - 1])
            {
                isMarked[i - 1] = true;
                j--;
            }

            i--;
        }

        return (Math.Max(i, top), j);
    }

    private ulong[] FirstRow()
    {
        var row = new ulong[_words];
        row.AsSpan().Fill(ulong.MaxValue);
        return row;
    }

    /// <summary>Computes the row below: row = (row + (row &amp; mask)) | (row &amp; ~mask) over all words as one number.</summary>
    private void Advance(ulong[] row, int token)
    {
        var entry = _first[token];
        while (entry >= 0)
        {
            var (word, mask, next) = _entries[entry];
            var sum = row[word] + (row[word] & mask);
            var carries = sum < row[word];
            row[word] = sum | (row[word] & ~mask);

            // The carry runs on through words without a match, which it changes only where they have a 0; with one, it is added first.
            for (word++; carries && word < row.Length; word++)
            {
                var matches = next >= 0 && _entries[next].Word == word ? _entries[next].Mask : 0;
                var addend = row[word] & matches;
                sum = row[word] + addend;
                carries = sum < addend;
                sum++;
                carries |= sum == 0;
                row[word] = sum | (row[word] & ~matches);
                next = matches == 0 ? next : _entries[next].Next;
            }

            entry = next;
        }
    }

    private static bool IsZero(ulong[] row, int column) => (row[column / 64] >> (column % 64) & 1) == 0;

    /// <summary>The zeros of a row's first columns: the length there.</summary>
    private static int CountZeros(ulong[] row, int columns)
    {
        var ones = 0;
        for (var word = 0; word < columns / 64; word++)
        {
            ones += BitOperations.PopCount(row[word]);
        }

        if (columns % 64 > 0)
        {
            ones += BitOperations.PopCount(row[columns / 64] & ((1UL << (columns % 64)) - 1));
        }

        return columns - ones;
    }

    private static int[] NoEntries(int tokens)
    {
        var entries = new int[tokens];
        entries.AsSpan().Fill(-1);
        return entries;
    }

    private readonly record struct Columns(int Word, ulong Mask, int Next);
}
