using System.Globalization;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring.Stored;
using FunctionsEval.Core.Scoring.Sums;

namespace FunctionsEval.Core.Scoring;

/// <summary>
/// The sums of the whole dataset and of every slice. The number of slices, and of values of a tag, does not depend on the order of the
/// samples. So the loss of replicates or slices does not depend on it either.
/// </summary>
internal sealed class SliceSet
{
    /// <summary>Maximum number of numbers in the tables of all slices: 1 GiB.</summary>
    private const long MaxNumbers = 1L << 27;

    /// <summary>
    /// Maximum number of values of a tag that are slices, where their sums fit into 1 GiB. A tag with more values identifies samples rather
    /// than kinds of samples.
    /// </summary>
    private const int MaxValuesOfAnyTag = 1_000;

    private readonly ScoreboardLayout _layout;
    private readonly WeightBatch _batch;
    private readonly SampleTerms _terms;
    private readonly int _maxValuesOfTag;
    private readonly Dictionary<string, SliceSums> _slices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _valuesOfTag = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _tagsWithoutSlices = new(StringComparer.Ordinal);
    private bool _hasTooManySlices;

    /// <summary>Creates the sums of no sample.</summary>
    /// <param name="layout">Where the words are.</param>
    /// <param name="models">How many models are scored: 1 or 2.</param>
    /// <param name="maxSlicesWithIntervals">With more slices than this, or than 1 GiB holds the replicates of, none of them has
    /// replicates.</param>
    public SliceSet(ScoreboardLayout layout, int models, int maxSlicesWithIntervals)
    {
        _layout = layout;
        _batch = new WeightBatch(layout.Replicates);
        _terms = new SampleTerms(layout);
        MaxSlicesWithIntervals = Math.Min(
            maxSlicesWithIntervals,
            MaxNumbers / Math.Max(1L, (long)models * layout.ReplicatedLength * layout.Replicates)
        );
        _maxValuesOfTag = (int)Math.Min(MaxValuesOfAnyTag, MaxNumbers / Math.Max(1L, layout.SumLength));
        All = CreateSums();
    }

    /// <summary>The sums of the whole dataset.</summary>
    public SliceSums All { get; }

    /// <summary>With more slices than this none of them has replicates.</summary>
    public long MaxSlicesWithIntervals { get; }

    /// <summary>Bytes of all sums and their replicates.</summary>
    public long Bytes => InOrder().Sum(slice => slice.Sums.Bytes);

    /// <summary>The whole dataset, then the slices in ordinal order.</summary>
    public IEnumerable<(string Slice, SliceSums Sums)> InOrder() =>
        _slices
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => (pair.Key, pair.Value))
            .Prepend((MetricReport.AllSamples, All));

    /// <summary>A slice's sums; null for one of a tag that has too many values.</summary>
    public SliceSums? Find(string slice) => _slices.GetValueOrDefault(slice);

    /// <summary>Warnings about tags that have too many values.</summary>
    public IEnumerable<string> Warnings() =>
        _tagsWithoutSlices.Select(tag =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"The tag '{tag}' has more than {_maxValuesOfTag:N0} values, so no metric is given by them. "
                    + $"Take it out of slices, or give the samples a tag with fewer values."
            )
        );

    /// <summary>Adds a sample.</summary>
    /// <param name="sampleKey">Its key.</param>
    /// <param name="slices">The slices it belongs to beside the whole dataset, each of which has room.</param>
    /// <param name="candidate">The candidate's concatenated statistics; empty when it was not scored.</param>
    /// <param name="baseline">The baseline's; empty when it was not scored.</param>
    /// <param name="turns">How many samples its row has.</param>
    public void Add(ulong sampleKey, IReadOnlyList<string> slices, ReadOnlySpan<long> candidate, ReadOnlySpan<long> baseline, int turns)
    {
        _terms.Set(candidate, baseline);
        var place = _batch.Draw(sampleKey);
        All.Add(_terms, place, turns);
        foreach (var slice in slices)
        {
            // A slice by turn has one turn of each conversation.
            Find(slice)?.Add(_terms, place, turns > 1 && SliceNames.IsOfTurn(slice) ? 1 : turns);
        }
    }

    /// <summary>Makes room for a slice.</summary>
    public void Ensure(string slice)
    {
        var tag = TagOf(slice);
        if (_slices.ContainsKey(slice) || _tagsWithoutSlices.Contains(tag))
        {
            return;
        }

        var added = CreateSums();
        _slices.Add(slice, added);
        if (_hasTooManySlices)
        {
            added.DropReplicates();
        }
        else if (_slices.Count > MaxSlicesWithIntervals)
        {
            DropReplicates();
        }

        _valuesOfTag[tag] = _valuesOfTag.GetValueOrDefault(tag) + 1;
        if (_valuesOfTag[tag] > _maxValuesOfTag)
        {
            LeaveOut(tag);
        }
    }

    /// <summary>Adds everything that <paramref name="other"/> has seen.</summary>
    /// <exception cref="ArgumentException">The other set allows another number of slices.</exception>
    public void Merge(SliceSet other)
    {
        if (MaxSlicesWithIntervals != other.MaxSlicesWithIntervals)
        {
            throw new ArgumentException("Sets of slices can be merged only when they were created alike.", nameof(other));
        }

        foreach (var tag in other._tagsWithoutSlices)
        {
            LeaveOut(tag);
        }

        if (other._hasTooManySlices)
        {
            DropReplicates();
        }

        foreach (var slice in other._slices.Keys)
        {
            Ensure(slice);
        }

        All.Merge(other.All);
        foreach (var (slice, sums) in other._slices)
        {
            Find(slice)?.Merge(sums);
        }
    }

    /// <summary>Writes what was added, the slices in ordinal order.</summary>
    public void Write(StoredWriter writer)
    {
        writer.Write((ulong)_tagsWithoutSlices.Count);
        foreach (var tag in _tagsWithoutSlices)
        {
            writer.Write(tag);
        }

        writer.Write(_hasTooManySlices);
        writer.Write((ulong)_slices.Count);
        foreach (var (slice, sums) in InOrder())
        {
            writer.Write(slice);
            sums.Write(writer);
        }
    }

    /// <summary>Adds what another set wrote, which allows the same number of slices.</summary>
    public void Merge(StoredReader reader)
    {
        for (var tags = reader.ReadUnsigned(); tags > 0; tags--)
        {
            LeaveOut(reader.ReadText());
        }

        if (reader.ReadFlag())
        {
            DropReplicates();
        }

        var slices = reader.ReadUnsigned();
        reader.ReadText();
        All.Merge(reader);
        for (; slices > 0; slices--)
        {
            var slice = reader.ReadText();
            Ensure(slice);
            (Find(slice) ?? CreateSums()).Merge(reader);
        }
    }

    private SliceSums CreateSums() => new(_layout, _batch);

    private static string TagOf(string slice) => slice[..Math.Max(0, slice.IndexOf('=', StringComparison.Ordinal))];

    private void DropReplicates()
    {
        _hasTooManySlices = true;
        foreach (var sums in _slices.Values)
        {
            sums.DropReplicates();
        }
    }

    /// <summary>
    /// Removes the slices of a tag for good. The other slices lose their replicates, because the number of slices before depends on the
    /// order of the samples.
    /// </summary>
    private void LeaveOut(string tag)
    {
        DropReplicates();
        _tagsWithoutSlices.Add(tag);
        foreach (var slice in _slices.Keys.Where(slice => TagOf(slice) == tag).ToList())
        {
            _slices.Remove(slice);
        }
    }
}
