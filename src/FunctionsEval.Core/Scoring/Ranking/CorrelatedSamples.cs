using FunctionsEval.Core.Metrics.Ranking;
using FunctionsEval.Core.Scoring.Stored;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Scoring.Ranking;

/// <summary>The references and answers of all samples, of which a rank correlation is computed: about 48 bytes a sample.</summary>
/// <param name="coefficient">What is computed.</param>
/// <param name="replicates">Bootstrap replicates.</param>
internal sealed class CorrelatedSamples(RankCorrelation coefficient, int replicates) : KeptSamples
{
    private readonly List<Entry> _entries = [];

    public override bool IsTooLarge => (double)replicates * _entries.Count * StepsOf(_entries.Count) > MaxWeights;

    public override void Add(ulong sampleKey, IReadOnlyList<string> slices, ReadOnlySpan<long> candidate, ReadOnlySpan<long> baseline)
    {
        if (!candidate.IsEmpty || !baseline.IsEmpty)
        {
            var reference = candidate.IsEmpty ? baseline : candidate;
            _entries.Add(
                new Entry(
                    sampleKey,
                    Intern(slices),
                    BitConverter.Int64BitsToDouble(reference[1]),
                    candidate.IsEmpty ? double.NaN : BitConverter.Int64BitsToDouble(candidate[2]),
                    baseline.IsEmpty ? double.NaN : BitConverter.Int64BitsToDouble(baseline[2])
                )
            );
        }
    }

    public override void Merge(KeptSamples other) =>
        _entries.AddRange(((CorrelatedSamples)other)._entries.Select(entry => entry with { Slices = Intern(entry.Slices) }));

    public override void Write(StoredWriter writer)
    {
        writer.Write((ulong)_entries.Count);
        var slices = new StoredSlices();
        foreach (var entry in _entries)
        {
            writer.WriteBits(entry.Key);
            slices.Write(writer, entry.Slices);
            writer.WriteBits(entry.Reference);
            writer.WriteBits(entry.Candidate);
            writer.WriteBits(entry.Baseline);
        }
    }

    public override void Merge(StoredReader reader)
    {
        var slices = new StoredSlices();
        for (var left = reader.ReadUnsigned(); left > 0; left--)
        {
            _entries.Add(
                new Entry(reader.ReadBits(), slices.Read(reader, Intern), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble())
            );
        }
    }

    public override IReadOnlyDictionary<string, MetricNumbers> Compute(ModelRole role, bool isShared, IReadOnlySet<string> withReplicates)
    {
        var samples = _entries
            .FindAll(entry => !double.IsNaN(entry.Of(role)) && (!isShared || !double.IsNaN(entry.Candidate + entry.Baseline)))
            .ToArray();
        // Sums of doubles depend on their order, so that the samples get one that does not depend on how they came.
        Array.Sort(
            samples,
            (first, second) => (first.Reference, first.Of(role), first.Key).CompareTo((second.Reference, second.Of(role), second.Key))
        );
        return InSlices(samples)
            .Where(slice => slice.Value.Count > 0)
            .ToDictionary(
                slice => slice.Key,
                slice => Correlate([.. slice.Value], role, withReplicates.Contains(slice.Key)),
                StringComparer.Ordinal
            );
    }

    /// <summary>The samples of each slice, in their order.</summary>
    private static Dictionary<string, List<Entry>> InSlices(Entry[] samples)
    {
        var slices = new Dictionary<string, List<Entry>>(StringComparer.Ordinal) { [MetricReport.AllSamples] = [.. samples] };
        foreach (var entry in samples)
        {
            foreach (var slice in entry.Slices)
            {
                if (!slices.TryGetValue(slice, out var list))
                {
                    slices.Add(slice, list = []);
                }

                list.Add(entry);
            }
        }

        return slices;
    }

    private MetricNumbers Correlate(Entry[] samples, ModelRole role, bool hasReplicates)
    {
        var order = new PairedOrder(
            Array.ConvertAll(samples, entry => entry.Reference),
            Array.ConvertAll(samples, entry => entry.Of(role))
        );
        var weights = new long[samples.Length];
        Array.Fill(weights, 1);
        var value = order.Correlate(coefficient, weights);
        if (!hasReplicates || IsTooLarge || replicates == 0)
        {
            return new MetricNumbers([value], Replicates: null, samples.Length);
        }

        var columns = new double[replicates];
        for (var replicate = 0; replicate < replicates; replicate++)
        {
            for (var sample = 0; sample < samples.Length; sample++)
            {
                weights[sample] = BootstrapWeights.At(samples[sample].Key, replicate);
            }

            columns[replicate] = order.Correlate(coefficient, weights);
        }

        return new MetricNumbers([value], [columns], samples.Length);
    }

    /// <summary>The steps that one sample takes in one replicate: Kendall's coefficient looks places up in a tree.</summary>
    private double StepsOf(int samples) => coefficient == RankCorrelation.KendallTauB ? Math.Max(1, Math.Log2(samples)) : 1;

    private readonly record struct Entry(ulong Key, IReadOnlyList<string> Slices, double Reference, double Candidate, double Baseline)
    {
        public double Of(ModelRole role) => role == ModelRole.Candidate ? Candidate : Baseline;
    }
}
