namespace FunctionsEval.Core.Metrics.Ter;

/// <summary>
/// Tercom's greedy search for shifts (Snover et al., AMTA 2006) within the limits and with the tie-breaking of sacrebleu 2.6.0:
/// as long as it helps, the one block of words is moved that lowers the edit distance most. Edit distance keeps to a beam around
/// the diagonal.
/// </summary>
internal sealed class TercomAlignment(int[] reference)
{
    private const int MaxShiftSize = 10;
    private const int MaxShiftDistance = 50;
    private const int MaxShiftCandidates = 1000;
    private const int BeamWidth = 25;

    private int checkedCandidates;

    private enum Edit : byte
    {
        None,
        Keep,
        Substitute,
        Insert,
        Delete,
    }

    /// <summary>Edits and shifts that turn the hypothesis into the reference.</summary>
    public int CountEdits(int[] hypothesis)
    {
        if (reference.Length == 0)
        {
            return hypothesis.Length;
        }

        checkedCandidates = 0;
        var words = hypothesis;
        var shifts = 0;
        while (true)
        {
            var (gain, shifted) = FindBestShift(words);
            if (checkedCandidates >= MaxShiftCandidates || gain <= 0)
            {
                break;
            }

            shifts++;
            words = shifted;
        }

        return shifts + new Matrix(reference, words.Length).Fill(words, 0);
    }

    private (int Gain, int[] Words) FindBestShift(int[] words)
    {
        var matrix = new Matrix(reference, words.Length);
        var distance = matrix.Fill(words, 0);
        var alignment = matrix.Align();
        var scratch = new Matrix(matrix);
        (int Gain, int Size, int Start, int Target)? best = null;
        foreach (var (start, referenceStart, size) in MatchingBlocks(words))
        {
            if (!alignment.HypothesisErrors.AsSpan(start, size).Contains(true)
                || !alignment.ReferenceErrors.AsSpan(referenceStart, size).Contains(true)
                || (alignment.Positions[referenceStart] >= start && alignment.Positions[referenceStart] < start + size))
            {
                continue;
            }

            var previous = -1;
            for (var offset = -1; offset < size; offset++)
            {
                var place = referenceStart + offset;
                if (place >= reference.Length)
                {
                    break;
                }

                var target = place < 0 ? 0 : alignment.Positions[place] + 1;
                if (target == previous)
                {
                    continue;
                }

                previous = target;
                var shifted = Shift(words, start, size, target);
                var unchanged = words.AsSpan().CommonPrefixLength(shifted);
                var candidate = (distance - scratch.Fill(shifted, unchanged, matrix), size, -start, -target);
                checkedCandidates++;
                if (best is null || candidate.CompareTo((best.Value.Gain, best.Value.Size, -best.Value.Start, -best.Value.Target)) > 0)
                {
                    best = (candidate.Item1, size, start, target);
                }
            }

            if (checkedCandidates >= MaxShiftCandidates)
            {
                break;
            }
        }

        return best is { } move ? (move.Gain, Shift(words, move.Start, move.Size, move.Target)) : (0, words);
    }

    /// <summary>All pairs of equal blocks of words, by hypothesis position, then reference position, then size.</summary>
    private IEnumerable<(int Start, int ReferenceStart, int Size)> MatchingBlocks(int[] words)
    {
        for (var start = 0; start < words.Length; start++)
        {
            for (var referenceStart = 0; referenceStart < reference.Length; referenceStart++)
            {
                if (Math.Abs(referenceStart - start) > MaxShiftDistance)
                {
                    continue;
                }

                for (var size = 1;
                     size <= MaxShiftSize && start + size <= words.Length && referenceStart + size <= reference.Length
                     && words[start + size - 1] == reference[referenceStart + size - 1];
                     size++)
                {
                    yield return (start, referenceStart, size);
                }
            }
        }
    }

    /// <summary>Moves a block so that it stands before <paramref name="target"/>.</summary>
    private static int[] Shift(int[] words, int start, int size, int target)
    {
        var block = words.AsSpan(start, size);
        if (target < start)
        {
            return [.. words[..target], .. block, .. words[target..start], .. words[(start + size)..]];
        }

        // A target inside the block counts from the block's start.
        var end = target > start + size ? target : Math.Min(size + target, words.Length);
        return [.. words[..start], .. words[(start + size)..end], .. block, .. words[end..]];
    }

    /// <summary>The edit distance matrix with the edit that led to each cell.</summary>
    private sealed class Matrix
    {
        private const int Unreachable = int.MaxValue / 2;

        private readonly int[] reference;
        private readonly int rows;
        private readonly int columns;
        private readonly int[] costs;
        private readonly Edit[] edits;

        public Matrix(int[] reference, int hypothesisLength)
        {
            this.reference = reference;
            rows = hypothesisLength + 1;
            columns = reference.Length + 1;
            costs = new int[rows * columns];
            edits = new Edit[rows * columns];
            for (var j = 0; j < columns; j++)
            {
                costs[j] = j;
                edits[j] = Edit.Insert;
            }
        }

        public Matrix(Matrix like)
            : this(like.reference, like.rows - 1)
        {
        }

        /// <summary>Computes the distance of <paramref name="words"/>, whose first <paramref name="unchanged"/> rows are those of <paramref name="source"/>.</summary>
        public int Fill(int[] words, int unchanged, Matrix? source = null)
        {
            source?.costs.AsSpan(0, (unchanged + 1) * columns).CopyTo(costs);
            var start = (unchanged + 1) * columns;
            costs.AsSpan(start).Fill(Unreachable);
            edits.AsSpan(start).Clear();

            var ratio = words.Length == 0 ? 1 : (double)reference.Length / words.Length;
            var beam = BeamWidth < ratio / 2 ? (int)Math.Ceiling((ratio / 2) + BeamWidth) : BeamWidth;
            for (var i = unchanged + 1; i < rows; i++)
            {
                var diagonal = (int)Math.Floor(i * ratio);
                var last = i == rows - 1 ? columns : Math.Min(columns, diagonal + beam);
                for (var j = Math.Max(0, diagonal - beam); j < last; j++)
                {
                    FillCell(words, i, j);
                }
            }

            return costs[^1];
        }

        /// <summary>Reads the edits off the matrix: where each reference word stands in the hypothesis, and which words are wrong.</summary>
        public (int[] Positions, bool[] ReferenceErrors, bool[] HypothesisErrors) Align()
        {
            var positions = new int[columns - 1];
            var referenceErrors = new bool[columns - 1];
            var hypothesisErrors = new bool[rows - 1];
            var (i, j) = (rows - 1, columns - 1);
            while (i > 0 || j > 0)
            {
                var edit = edits[(i * columns) + j];
                if (edit is Edit.Keep or Edit.Substitute)
                {
                    i--;
                    j--;
                    positions[j] = i;
                    referenceErrors[j] = hypothesisErrors[i] = edit == Edit.Substitute;
                }
                else if (edit == Edit.Insert)
                {
                    j--;
                    positions[j] = i - 1;
                    referenceErrors[j] = true;
                }
                else if (edit == Edit.Delete)
                {
                    i--;
                    hypothesisErrors[i] = true;
                }
                else
                {
                    throw new InvalidOperationException("The beam lost the path through the edit distance matrix.");
                }
            }

            return (positions, referenceErrors, hypothesisErrors);
        }

        /// <summary>Of equally cheap edits Tercom prefers keeping or substituting, then deleting, then inserting.</summary>
        private void FillCell(int[] words, int i, int j)
        {
            var above = ((i - 1) * columns) + j;
            var here = (i * columns) + j;
            if (j == 0)
            {
                costs[here] = costs[above] + 1;
                edits[here] = Edit.Delete;
                return;
            }

            var isSame = words[i - 1] == reference[j - 1];
            var cost = costs[above - 1] + (isSame ? 0 : 1);
            var edit = isSame ? Edit.Keep : Edit.Substitute;
            if (costs[above] + 1 < cost)
            {
                cost = costs[above] + 1;
                edit = Edit.Delete;
            }

            if (costs[here - 1] + 1 < cost)
            {
                cost = costs[here - 1] + 1;
                edit = Edit.Insert;
            }

            if (cost < Unreachable)
            {
                costs[here] = cost;
                edits[here] = edit;
            }
        }
    }
}
