using FunctionsEval.Core.Buffers;

namespace FunctionsEval.Core.Metrics.Ter;

/// <summary>
/// Tercom's greedy search for shifts (Snover et al., AMTA 2006) within the limits and with the tie-breaking of sacrebleu 2.6.0:
/// as long as it helps, the one block of words is moved that lowers the edit distance most. One instance serves many pairs, but not
/// several threads at once.
/// </summary>
internal sealed class TercomAlignment
{
    private const int MaxShiftSize = 10;
    private const int MaxShiftDistance = 50;
    private const int MaxShiftCandidates = 1000;

    private ReusedBuffer<TercomTable.Band> _bands;
    private ReusedBuffer<int> _costs;
    private ReusedBuffer<int> _shiftedCosts;
    private ReusedBuffer<int> _words;
    private ReusedBuffer<int> _shifted;
    private ReusedBuffer<int> _positions;
    private ReusedBuffer<bool> _referenceErrors;
    private ReusedBuffer<bool> _hypothesisErrors;
    private int _checkedCandidates;

    /// <summary>Edits and shifts that turn the hypothesis into the reference.</summary>
    public int CountEdits(ReadOnlySpan<int> hypothesis, ReadOnlySpan<int> reference)
    {
        if (reference.Length == 0)
        {
            return hypothesis.Length;
        }

        // A shift leaves the length, and with it the cells of the table that are kept, as they are.
        var bands = _bands.Take(hypothesis.Length + 1);
        var cells = TercomTable.Lay(reference.Length, bands);
        var search = new Search(reference, _words.Take(hypothesis.Length), _shifted.Take(hypothesis.Length))
        {
            Table = new TercomTable(reference, bands, _costs.Take(cells)),
            ShiftedTable = new TercomTable(reference, bands, _shiftedCosts.Take(cells)),
            Positions = _positions.Take(reference.Length),
            ReferenceErrors = _referenceErrors.Take(reference.Length),
            HypothesisErrors = _hypothesisErrors.Take(hypothesis.Length),
        };
        hypothesis.CopyTo(search.Words);
        _checkedCandidates = 0;
        for (var shifts = 0; ; shifts++)
        {
            var distance = search.Table.Fill(search.Words);
            var best = distance == 0 ? default : FindBestShift(search, distance);
            if (_checkedCandidates >= MaxShiftCandidates || best.Gain <= 0)
            {
                return shifts + distance;
            }

            Shift(search.Words, best.Start, best.Size, best.Target, search.Shifted);
            search.Shifted.CopyTo(search.Words);
        }
    }

    /// <summary>Tries all pairs of equal blocks of words, by hypothesis position, then reference position, then size.</summary>
    private Candidate FindBestShift(in Search search, int distance)
    {
        search.Table.Align(search.Words, search.Positions, search.ReferenceErrors, search.HypothesisErrors);
        var best = default(Candidate);
        for (var start = 0; start < search.Words.Length; start++)
        {
            var end = Math.Min(search.Reference.Length - 1, start + MaxShiftDistance);
            for (var referenceStart = Math.Max(0, start - MaxShiftDistance); referenceStart <= end; referenceStart++)
            {
                var most = Math.Min(MaxShiftSize, Math.Min(search.Words.Length - start, search.Reference.Length - referenceStart));
                for (var size = 1; size <= most && search.Words[start + size - 1] == search.Reference[referenceStart + size - 1]; size++)
                {
                    if (search.IsOutOfPlace(start, referenceStart, size))
                    {
                        best = TryShifts(search, distance, start, referenceStart, size, best);
                        if (_checkedCandidates >= MaxShiftCandidates)
                        {
                            return best;
                        }
                    }
                }
            }
        }

        return best;
    }

    /// <summary>Moves a block to before, into and after where it stands in the reference.</summary>
    private Candidate TryShifts(in Search search, int distance, int start, int referenceStart, int size, Candidate best)
    {
        var previous = -1;
        for (var place = referenceStart - 1; place < referenceStart + size && place < search.Reference.Length; place++)
        {
            var target = place < 0 ? 0 : search.Positions[place] + 1;
            if (target == previous)
            {
                continue;
            }

            previous = target;
            Shift(search.Words, start, size, target, search.Shifted);
            var unchanged = search.Words.CommonPrefixLength(search.Shifted);
            var gain = distance - search.ShiftedTable.Fill(search.Shifted, unchanged, search.Table);
            _checkedCandidates++;
            var candidate = new Candidate(gain, size, start, target);
            best = candidate.IsBetterThan(best) ? candidate : best;
        }

        return best;
    }

    /// <summary>Moves a block so that it stands before <paramref name="target"/>.</summary>
    private static void Shift(ReadOnlySpan<int> words, int start, int size, int target, Span<int> shifted)
    {
        // A target inside the block counts from the block's start.
        var (first, end) =
            target < start ? (target, start + size)
            : target > start + size ? (start, target)
            : (start, Math.Min(size + target, words.Length));
        words.CopyTo(shifted);
        if (target < start)
        {
            words.Slice(start, size).CopyTo(shifted[first..]);
            words[first..start].CopyTo(shifted[(first + size)..]);
        }
        else
        {
            words[(start + size)..end].CopyTo(shifted[first..]);
            words.Slice(start, size).CopyTo(shifted[(end - size)..]);
        }
    }

    /// <summary>A block that could be moved.</summary>
    /// <param name="Gain">By how much that lowers the distance.</param>
    /// <param name="Size">Its words; 0 for none.</param>
    /// <param name="Start">Where it stands.</param>
    /// <param name="Target">Before which word it goes.</param>
    private readonly record struct Candidate(int Gain, int Size, int Start, int Target)
    {
        public bool IsBetterThan(Candidate other) =>
            other.Size == 0 || (Gain, Size, -Start, -Target).CompareTo((other.Gain, other.Size, -other.Start, -other.Target)) > 0;
    }

    /// <summary>One pair of texts.</summary>
    private readonly ref struct Search(ReadOnlySpan<int> reference, Span<int> words, Span<int> shifted)
    {
        public ReadOnlySpan<int> Reference { get; } = reference;

        public Span<int> Words { get; } = words;

        public Span<int> Shifted { get; } = shifted;

        public required TercomTable Table { get; init; }

        public required TercomTable ShiftedTable { get; init; }

        public required Span<int> Positions { get; init; }

        public required Span<bool> ReferenceErrors { get; init; }

        public required Span<bool> HypothesisErrors { get; init; }

        /// <summary>Whether a block has a wrong word on both sides, and does not stand where the reference has it.</summary>
        public bool IsOutOfPlace(int start, int referenceStart, int size) =>
            HypothesisErrors.Slice(start, size).Contains(true)
            && ReferenceErrors.Slice(referenceStart, size).Contains(true)
            && (Positions[referenceStart] < start || Positions[referenceStart] >= start + size);
    }
}
