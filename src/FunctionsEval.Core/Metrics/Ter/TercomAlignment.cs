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

    private int _checkedCandidates;

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

        _checkedCandidates = 0;
        var words = hypothesis;
        var shifts = 0;
        while (true)
        {
            var (gain, shifted) = FindBestShift(words);
            if (_checkedCandidates >= MaxShiftCandidates || gain <= 0)
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
            if (
                !alignment.HypothesisErrors.AsSpan(start, size).Contains(true)
                || !alignment.ReferenceErrors.AsSpan(referenceStart, size).Contains(true)
                || (alignment.Positions[referenceStart] >= start && alignment.Positions[referenceStart] < start + size)
            )
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
                _checkedCandidates++;
                if (best is null || candidate.CompareTo((best.Value.Gain, best.Value.Size, -best.Value.Start, -best.Value.Target)) > 0)
                {
                    best = (candidate.Item1, size, start, target);
                }
            }

            if (_checkedCandidates >= MaxShiftCandidates)
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
            var end = Math.Min(reference.Length - 1, start + MaxShiftDistance);
            for (var referenceStart = Math.Max(0, start - MaxShiftDistance); referenceStart <= end; referenceStart++)
            {
                for (
                    var size = 1;
                    size <= MaxShiftSize
                        && start + size <= words.Length
                        && referenceStart + size <= reference.Length
                        && words[start + size - 1] == reference[referenceStart + size - 1];
                    size++
                )
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

    /// <summary>
    /// The edit distance matrix with the edit that led to each cell. Only cells within the beam are kept; the others cannot be reached.
    /// </summary>
    private sealed class Matrix
    {
        private const int Unreachable = int.MaxValue / 2;

        private readonly int[] _reference;
        private readonly Band[] _bands;
        private readonly int[] _costs;
        private readonly Edit[] _edits;

        public Matrix(int[] reference, int hypothesisLength)
        {
            this._reference = reference;
            var columns = reference.Length + 1;
            var ratio = hypothesisLength == 0 ? 1 : (double)reference.Length / hypothesisLength;
            var beam = BeamWidth < ratio / 2 ? (int)Math.Ceiling((ratio / 2) + BeamWidth) : BeamWidth;
            _bands = new Band[hypothesisLength + 1];
            _bands[0] = new Band(0, columns, 0);
            for (var i = 1; i < _bands.Length; i++)
            {
                var diagonal = (int)Math.Floor(i * ratio);
                var last = i == _bands.Length - 1 ? columns : Math.Min(columns, diagonal + beam);
                _bands[i] = new Band(Math.Max(0, diagonal - beam), last, _bands[i - 1].Offset + _bands[i - 1].Length);
            }

            _costs = new int[_bands[^1].Offset + _bands[^1].Length];
            _edits = new Edit[_costs.Length];
            for (var j = 0; j < columns; j++)
            {
                _costs[j] = j;
                _edits[j] = Edit.Insert;
            }
        }

        public Matrix(Matrix like)
            : this(like._reference, like._bands.Length - 1) { }

        /// <summary>
        /// Computes the distance of <paramref name="words"/>, whose first <paramref name="unchanged"/> rows are those of
        /// <paramref name="source"/>.
        /// </summary>
        public int Fill(int[] words, int unchanged, Matrix? source = null)
        {
            var start = _bands[unchanged].Offset + _bands[unchanged].Length;
            source?._costs.AsSpan(0, start).CopyTo(_costs);
            for (var i = unchanged + 1; i < _bands.Length; i++)
            {
                FillRow(words[i - 1], i);
            }

            return _costs[^1];
        }

        /// <summary>
        /// Reads the edits off the matrix: where each reference word stands in the hypothesis, and which words are wrong.
        /// </summary>
        public (int[] Positions, bool[] ReferenceErrors, bool[] HypothesisErrors) Align()
        {
            var positions = new int[_reference.Length];
            var referenceErrors = new bool[_reference.Length];
            var hypothesisErrors = new bool[_bands.Length - 1];
            var (i, j) = (_bands.Length - 1, _reference.Length);
            while (i > 0 || j > 0)
            {
                var edit = j >= _bands[i].First && j < _bands[i].End ? _edits[_bands[i].Offset + j - _bands[i].First] : Edit.None;
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
        private void FillRow(int word, int i)
        {
            var (above, here) = (_bands[i - 1], _bands[i]);
            var previous = _costs.AsSpan(above.Offset, above.Length);
            var left = Unreachable;
            for (var j = here.First; j < here.End; j++)
            {
                var up = j - above.First;
                var (cost, edit) = (Unreachable, Edit.None);
                if (j == 0)
                {
                    (cost, edit) = (previous[0] + 1, Edit.Delete);
                }
                else
                {
                    if (up >= 1 && up <= previous.Length)
                    {
                        var isSame = word == _reference[j - 1];
                        cost = previous[up - 1] + (isSame ? 0 : 1);
                        edit = isSame ? Edit.Keep : Edit.Substitute;
                    }

                    if ((uint)up < (uint)previous.Length && previous[up] + 1 < cost)
                    {
                        (cost, edit) = (previous[up] + 1, Edit.Delete);
                    }

                    if (left + 1 < cost)
                    {
                        (cost, edit) = (left + 1, Edit.Insert);
                    }

                    if (cost >= Unreachable)
                    {
                        (cost, edit) = (Unreachable, Edit.None);
                    }
                }

                var cell = here.Offset + j - here.First;
                _costs[cell] = left = cost;
                _edits[cell] = edit;
            }
        }

        /// <summary>The columns of a row that are kept, from <paramref name="First"/> to before <paramref name="End"/>.</summary>
        private readonly record struct Band(int First, int End, int Offset)
        {
            public int Length => End - First;
        }
    }
}
