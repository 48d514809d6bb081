using System.Numerics;
using FunctionsEval.Core.Buffers;

namespace FunctionsEval.Core.Metrics.Rouge;

/// <summary>
/// Longest common subsequences of tokens, 64 columns of the table at a time (Hyyrö, Australasian Workshop on Combinatorial
/// Algorithms 2004): a row is kept as one bit a column, which is 0 where the length grows by one in that column. One instance
/// serves many pairs, but not several threads at once.
/// </summary>
internal sealed class LongestCommonSubsequence
{
    /// <summary>Up to this many words of 64 columns, all rows of a table are kept at once.</summary>
    private const int WordsAtOnce = ReusedBuffer<ulong>.MaxKept / 2;

    // For each token a list of where it stands in the prediction: words of 64 columns, each with a mask of its columns.
    private int[] _first = [];
    private int[] _last = [];
    private ReusedList<Columns> _entries;
    private ReusedList<int> _prediction;
    private ReusedBuffer<ulong> _row;
    private ReusedBuffer<ulong> _rows;
    private ReusedBuffer<ulong> _strips;
    private int _words;

    /// <summary>Creates an instance that is started.</summary>
    /// <param name="tokens">How many different tokens there are; they are numbered from 0.</param>
    public LongestCommonSubsequence(int tokens = 0) => Start(tokens);

    /// <summary>Begins anew.</summary>
    /// <param name="tokens">How many different tokens there are; they are numbered from 0.</param>
    public void Start(int tokens)
    {
        SetPrediction([]);
        if (tokens > _first.Length || _first.Length > Math.Max(tokens, ReusedBuffer<int>.MaxKept))
        {
            _first = new int[BitOperations.RoundUpToPowerOf2((uint)tokens)];
            _last = new int[_first.Length];
            _first.AsSpan().Fill(-1);
        }
    }

    /// <summary>Sets the side that the columns stand for.</summary>
    public void SetPrediction(ReadOnlySpan<int> prediction)
    {
        foreach (var token in _prediction.Items)
        {
            _first[token] = -1;
        }

        _entries.Clear();
        _prediction.Clear();
        _prediction.Add(prediction);
        _words = (prediction.Length + 63) / 64;
        for (var column = 0; column < prediction.Length; column++)
        {
            var (token, word, mask) = (prediction[column], column / 64, 1UL << (column % 64));
            var isFirst = _first[token] < 0;
            if (!isFirst)
            {
                ref var last = ref _entries.Items[_last[token]];
                if (last.Word == word)
                {
                    last.Mask |= mask;
                    continue;
                }

                last.Next = _entries.Count;
            }

            _first[token] = isFirst ? _entries.Count : _first[token];
            _last[token] = _entries.Count;
            _entries.Add(
                new Columns
                {
                    Word = word,
                    Mask = mask,
                    Next = -1,
                }
            );
        }
    }

    /// <summary>The length of one of the target and the prediction.</summary>
    public int LengthOf(ReadOnlySpan<int> target)
    {
        var row = FirstRow();
        foreach (var token in target)
        {
            Advance(row, token);
        }

        return CountZeros(row, _prediction.Count);
    }

    /// <summary>
    /// Marks the target's positions in one of them. Of several, it is the one that rouge_score's way back through the table finds:
    /// from the end, equal tokens pair up, and otherwise it moves up in the target unless left is strictly longer. A long target is
    /// walked through in strips, whose rows are computed anew, so that memory grows with its square root.
    /// </summary>
    public void Mark(ReadOnlySpan<int> target, Span<bool> isMarked)
    {
        if (target.Length == 0 || _words == 0)
        {
            return;
        }

        var height = Math.Min(target.Length, Math.Max((int)Math.Ceiling(Math.Sqrt(target.Length)), WordsAtOnce / _words));
        var strips = _strips.Take(((target.Length + height - 1) / height) * _words);
        var row = FirstRow();
        for (var top = 0; top < target.Length; top += height)
        {
            row.CopyTo(strips[(top / height * _words)..]);
            for (var i = top; i < top + height && top + height < target.Length; i++)
            {
                Advance(row, target[i]);
            }
        }

        var rows = _rows.Take((height + 1) * _words);
        var (left, column) = (target.Length, _prediction.Count);
        for (var top = (target.Length - 1) / height * height; top >= 0 && column > 0; top -= height)
        {
            strips.Slice(top / height * _words, _words).CopyTo(rows);
            for (var i = 1; i <= left - top; i++)
            {
                var next = rows.Slice(i * _words, _words);
                rows.Slice((i - 1) * _words, _words).CopyTo(next);
                Advance(next, target[top + i - 1]);
            }

            (left, column) = WalkBack(target, rows, top, left, column, isMarked);
        }
    }

    /// <summary>Walks from a cell to the top of the strip, or to the table's left edge.</summary>
    private (int Row, int Column) WalkBack(ReadOnlySpan<int> target, ReadOnlySpan<ulong> rows, int top, int i, int j, Span<bool> isMarked)
    {
        ReadOnlySpan<int> prediction = _prediction.Items;
        while (i > top && j > 0)
        {
            var here = rows.Slice((i - top) * _words, _words);
            var above = rows.Slice((i - top - 1) * _words, _words);
            var gain = CountZeros(here, j) - CountZeros(above, j);

            // While neither token pairs up, left is strictly longer than up where the length grows from above, but not from the left.
            while (j > 0 && target[i - 1] != prediction[j - 1] && gain == 1 && !IsZero(here, j - 1))
            {
                gain += IsZero(above, j - 1) ? 1 : 0;
                j--;
            }

            if (j > 0 && target[i - 1] == prediction[j - 1])
            {
                isMarked[i - 1] = true;
                j--;
            }

            i--;
        }

        return (Math.Max(i, top), j);
    }

    private Span<ulong> FirstRow()
    {
        var row = _row.Take(_words);
        row.Fill(ulong.MaxValue);
        return row;
    }

    /// <summary>Computes the row below: row = (row + (row &amp; mask)) | (row &amp; ~mask) over all words as one number.</summary>
    private void Advance(Span<ulong> row, int token)
    {
        ReadOnlySpan<Columns> entries = _entries.Items;
        var entry = _first[token];
        while (entry >= 0)
        {
            var (word, mask, next) = (entries[entry].Word, entries[entry].Mask, entries[entry].Next);
            var sum = row[word] + (row[word] & mask);
            var carries = sum < row[word];
            row[word] = sum | (row[word] & ~mask);

            // The carry runs on through words without a match, which it changes only where they have a 0; with one, it is added first.
            for (word++; carries && word < row.Length; word++)
            {
                var matches = next >= 0 && entries[next].Word == word ? entries[next].Mask : 0;
                var addend = row[word] & matches;
                sum = row[word] + addend;
                carries = sum < addend;
                sum++;
                carries |= sum == 0;
                row[word] = sum | (row[word] & ~matches);
                next = matches == 0 ? next : entries[next].Next;
            }

            entry = next;
        }
    }

    private static bool IsZero(ReadOnlySpan<ulong> row, int column) => (row[column / 64] >> (column % 64) & 1) == 0;

    /// <summary>The zeros of a row's first columns: the length there.</summary>
    private static int CountZeros(ReadOnlySpan<ulong> row, int columns)
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

    private struct Columns
    {
        public int Word;
        public ulong Mask;
        public int Next;
    }
}
