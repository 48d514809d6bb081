namespace FunctionsEval.Core.Metrics;

/// <summary>The mergeable state of one metric: its sums.</summary>
public sealed class MetricState
{
    private const byte FormatVersion = 1;

    private readonly Metric _metric;
    private readonly long[] _sums;
    private readonly SumTerm[] _terms;

    internal MetricState(Metric metric)
    {
        this._metric = metric;
        _sums = new long[metric.SumLength];
        _terms = new SumTerm[metric.StatisticLength + 2];
    }

    /// <summary>The sums, <see cref="Metric.SumLength"/> words.</summary>
    public ReadOnlySpan<long> Sums => _sums;

    /// <summary>Adds a sample's statistic <paramref name="weight"/> times (a bootstrap replicate adds it 0, 1, 2, … times).</summary>
    /// <exception cref="OverflowException">A sum left the range of 64 bits.</exception>
    public void Add(ReadOnlySpan<long> statistic, long weight = 1)
    {
        var count = _metric.Scatter(statistic, _terms);
        foreach (var (index, amount) in _terms.AsSpan(0, count))
        {
            _sums[index] = checked(_sums[index] + (amount * weight));
        }
    }

    /// <summary>Measures a sample and adds it once.</summary>
    public void Add(MetricSample sample)
    {
        var statistic = new long[_metric.StatisticLength];
        _metric.Measure(sample, statistic);
        Add(statistic);
    }

    /// <summary>Adds all that <paramref name="other"/>, a state of the same metric, has seen.</summary>
    /// <exception cref="ArgumentException">The other state belongs to a metric with other sums.</exception>
    public void Merge(MetricState other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other._metric.SumKey != _metric.SumKey || other._sums.Length != _sums.Length)
        {
            throw new ArgumentException(
                $"A state of '{other._metric.SumKey}' cannot be merged into one of '{_metric.SumKey}'.",
                nameof(other)
            );
        }

        for (var i = 0; i < _sums.Length; i++)
        {
            _sums[i] = checked(_sums[i] + other._sums[i]);
        }
    }

    /// <summary>Writes the state: format version, the metric's key, the number of words, the words.</summary>
    public void Write(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(FormatVersion);
        writer.Write(_metric.SumKey);
        writer.Write7BitEncodedInt(_sums.Length);
        foreach (var sum in _sums)
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
        if (key != _metric.SumKey || length != _sums.Length)
        {
            throw new InvalidDataException(
                $"Metric state is of '{key}' with {length} words; expected '{_metric.SumKey}' with {_sums.Length}."
            );
        }

        for (var i = 0; i < _sums.Length; i++)
        {
            _sums[i] = checked(_sums[i] + reader.ReadInt64());
        }
    }

    /// <summary>Computes the metric's numbers from what was added; NaN where a number is undefined (no sample, division by zero).</summary>
    /// <param name="values">Receives one number per entry of <see cref="Metric.Values"/>.</param>
    public void Finish(Span<double> values) => _metric.Finish(_sums, values);
}
