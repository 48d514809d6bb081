namespace FunctionsEval.Core.Metrics;

/// <summary>The mergeable state of one metric: its sums.</summary>
public sealed class MetricState
{
    private const byte FormatVersion = 1;

    private readonly Metric metric;
    private readonly long[] sums;
    private readonly SumTerm[] terms;

    internal MetricState(Metric metric)
    {
        this.metric = metric;
        sums = new long[metric.SumLength];
        terms = new SumTerm[metric.StatisticLength + 2];
    }

    /// <summary>The sums, <see cref="Metric.SumLength"/> words.</summary>
    public ReadOnlySpan<long> Sums => sums;

    /// <summary>Adds a sample's statistic <paramref name="weight"/> times (a bootstrap replicate adds it 0, 1, 2, … times).</summary>
    /// <exception cref="OverflowException">A sum left the range of 64 bits.</exception>
    public void Add(ReadOnlySpan<long> statistic, long weight = 1)
    {
        var count = metric.Scatter(statistic, terms);
        foreach (var (index, amount) in terms.AsSpan(0, count))
        {
            sums[index] = checked(sums[index] + (amount * weight));
        }
    }

    /// <summary>Measures a sample and adds it once.</summary>
    public void Add(MetricSample sample)
    {
        var statistic = new long[metric.StatisticLength];
        metric.Measure(sample, statistic);
        Add(statistic);
    }

    /// <summary>Adds all that <paramref name="other"/>, a state of the same metric, has seen.</summary>
    /// <exception cref="ArgumentException">The other state belongs to a metric with other sums.</exception>
    public void Merge(MetricState other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.metric.SumKey != metric.SumKey || other.sums.Length != sums.Length)
        {
            throw new ArgumentException($"A state of '{other.metric.SumKey}' cannot be merged into one of '{metric.SumKey}'.", nameof(other));
        }

        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] = checked(sums[i] + other.sums[i]);
        }
    }

    /// <summary>Writes the state: format version, the metric's key, the number of words, the words.</summary>
    public void Write(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(FormatVersion);
        writer.Write(metric.SumKey);
        writer.Write7BitEncodedInt(sums.Length);
        foreach (var sum in sums)
        {
            writer.Write(sum);
        }
    }

    /// <summary>Adds a state written by <see cref="Write"/> to this one.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a state of this metric and version.</exception>
    public void Read(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var version = reader.ReadByte();
        if (version != FormatVersion)
        {
            throw new InvalidDataException($"Metric state has format version {version}; this build reads version {FormatVersion}.");
        }

        var key = reader.ReadString();
        var length = reader.Read7BitEncodedInt();
        if (key != metric.SumKey || length != sums.Length)
        {
            throw new InvalidDataException($"Metric state is of '{key}' with {length} words; expected '{metric.SumKey}' with {sums.Length}.");
        }

        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] = checked(sums[i] + reader.ReadInt64());
        }
    }

    /// <summary>Computes the metric's numbers from what was added; NaN where a number is undefined (no sample, division by zero).</summary>
    /// <param name="values">Receives one number per entry of <see cref="Metric.Values"/>.</param>
    public void Finish(Span<double> values) => metric.Finish(sums, values);
}
