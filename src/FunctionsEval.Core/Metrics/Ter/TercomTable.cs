namespace FunctionsEval.Core.Metrics.Ter;

/// <summary>
/// Tercom's edit distance table. Only cells within a beam around the diagonal are kept; the others cannot be reached.
/// </summary>
/// <param name="reference">The reference, one column a word after the first column.</param>
/// <param name="bands">Its rows, as <see cref="Lay"/> lays them.</param>
/// <param name="costs">Its cells.</param>
internal readonly ref struct TercomTable(ReadOnlySpan<int> reference, ReadOnlySpan<TercomTable.Band> bands, Span<int> costs)
{
    private const int BeamWidth = 25;
    private const int Unreachable = int.MaxValue / 2;

    private readonly ReadOnlySpan<int> _reference = reference;
    private readonly ReadOnlySpan<Band> _bands = bands;
    private readonly Span<int> _costs = costs;

    /// <summary>Says which cells of each row are kept, and how many these are.</summary>
    /// <param name="referenceLength">Words of the reference.</param>
    /// <param name="bands">Receives the rows: one more than the hypothesis has words.</param>
    public static int Lay(int referenceLength, Span<Band> bands)
    {
        var columns = referenceLength + 1;
        var ratio = bands.Length == 1 ? 1 : (double)referenceLength / (bands.Length - 1);
        var beam = BeamWidth < ratio / 2 ? (int)Math.Ceiling((ratio / 2) + BeamWidth) : BeamWidth;
        bands[0] = new Band(0, columns, 0);
        for (var i = 1; i < bands.Length; i++)
        {
            var diagonal = (int)Math.Floor(i * ratio);
            var last = i == bands.Length - 1 ? columns : Math.Min(columns, diagonal + beam);
            bands[i] = new Band(Math.Max(0, diagonal - beam), last, bands[i - 1].Offset + bands[i - 1].Length);
        }

        return bands[^1].Offset + bands[^1].Length;
    }

    /// <summary>Fills the table for a hypothesis; says how far it is from the reference.</summary>
    public int Fill(ReadOnlySpan<int> words)
    {
        for (var j = 0; j <= _reference.Length; j++)
        {
            _costs[j] = j;
        }

        return FillFrom(0, words);
    }

    /// <summary>
    /// Fills the table for a hypothesis whose first words are those of another; says how far it is from the reference.
    /// </summary>
    /// <param name="words">The hypothesis.</param>
    /// <param name="unchanged">How many words are the same.</param>
    /// <param name="other">The table of the other hypothesis.</param>
    public int Fill(ReadOnlySpan<int> words, int unchanged, in TercomTable other)
    {
        var (start, length) = (_bands[unchanged].Offset, _bands[unchanged].Length);
        other._costs.Slice(start, length).CopyTo(_costs[start..]);
        return FillFrom(unchanged, words);
    }

    /// <summary>
    /// Reads the edits off the table. Of equally cheap ones Tercom prefers keeping or substituting, then deleting, then inserting.
    /// </summary>
    /// <param name="words">The hypothesis that the table is filled for.</param>
    /// <param name="positions">Receives where each word of the reference stands in the hypothesis.</param>
    /// <param name="referenceErrors">Receives which words of the reference are wrong.</param>
    /// <param name="hypothesisErrors">Receives which words of the hypothesis are wrong.</param>
    public void Align(ReadOnlySpan<int> words, Span<int> positions, Span<bool> referenceErrors, Span<bool> hypothesisErrors)
    {
        var (i, j) = (words.Length, _reference.Length);
        while (i > 0 || j > 0)
        {
            var cost = CostOf(i, j);
            if (cost >= Unreachable)
            {
                throw new InvalidOperationException("The beam lost the path through the edit distance table.");
            }

            if (i > 0 && j > 0 && CostOf(i - 1, j - 1) + (words[i - 1] == _reference[j - 1] ? 0 : 1) == cost)
            {
                i--;
                j--;
                positions[j] = i;
                referenceErrors[j] = hypothesisErrors[i] = words[i] != _reference[j];
            }
            else if (i > 0 && CostOf(i - 1, j) + 1 == cost)
            {
                i--;
                hypothesisErrors[i] = true;
            }
            else
            {
                j--;
                positions[j] = i - 1;
                referenceErrors[j] = true;
            }
        }
    }

    private int CostOf(int i, int j) =>
        j >= _bands[i].First && j < _bands[i].End ? _costs[_bands[i].Offset + j - _bands[i].First] : Unreachable;

    private int FillFrom(int unchanged, ReadOnlySpan<int> words)
    {
        for (var i = unchanged + 1; i < _bands.Length; i++)
        {
            FillRow(words[i - 1], _bands[i - 1], _bands[i]);
        }

        var last = _bands[^1];
        return _costs[last.Offset + last.Length - 1];
    }

    private void FillRow(int word, Band above, Band band)
    {
        var row = _costs.Slice(band.Offset, band.Length);
        var left = Unreachable;
        var diagonal =
            band.First > above.First && band.First <= above.End ? _costs[above.Offset + band.First - 1 - above.First] : Unreachable;
        var cell = 0;
        if (band.First < above.End)
        {
            var previous = _costs[(above.Offset + band.First - above.First)..(above.Offset + above.Length)];
            var common = Math.Min(previous.Length, row.Length);
            if (band.First == 0)
            {
                // The first column has no word of the reference.
                (diagonal, row[0], left) = (previous[0], previous[0] + 1, previous[0] + 1);
                cell = 1;
            }

            var reference = _reference[(band.First + cell - 1)..];
            for (var k = 0; cell < common; k++, cell++)
            {
                var up = previous[cell];
                left = Math.Min(Math.Min(up, left) + 1, diagonal + (reference[k] == word ? 0 : 1));
                row[cell] = left;
                diagonal = up;
            }
        }

        for (; cell < row.Length; cell++)
        {
            var isSame = _reference[band.First + cell - 1] == word;
            left = Math.Min(Math.Min(left + 1, diagonal + (isSame ? 0 : 1)), Unreachable);
            row[cell] = left;
            diagonal = Unreachable;
        }
    }

    /// <summary>The columns of a row that are kept.</summary>
    /// <param name="First">The first column.</param>
    /// <param name="End">The column after the last one.</param>
    /// <param name="Offset">Where its cells begin.</param>
    internal readonly record struct Band(int First, int End, int Offset)
    {
        /// <summary>How many columns are kept.</summary>
        public int Length => End - First;
    }
}
