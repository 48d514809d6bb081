namespace FunctionsEval.Core.Metrics;

/// <summary>What a metric sees of one sample: the parsed answer beside the references.</summary>
public sealed record MetricSample
{
    /// <summary>The acceptable answers; for classification exactly one label; for language modelling the text itself.</summary>
    public required IReadOnlyList<string> References { get; init; }

    /// <summary>The parsed answer; null when it did not parse, which counts as wrong.</summary>
    public string? Prediction { get; init; }

    /// <summary>Sum of the natural-log token probabilities of the scored text; null when the model gave none.</summary>
    public double? LogProbability { get; init; }

    /// <summary>Tokens that <see cref="LogProbability"/> sums over.</summary>
    public int LogProbabilityTokens { get; init; }

    /// <summary>The text whose probability <see cref="LogProbability"/> is.</summary>
    public string? ScoredText { get; init; }
}

/// <summary>One number that a metric yields.</summary>
/// <param name="Name">Name in tables and gates, for example <c>f1_macro</c>.</param>
/// <param name="HigherIsBetter">Whether more is better (accuracy) or less (perplexity).</param>
/// <param name="IsProportion">Whether the value is hits ÷ samples, so that Wilson's interval applies.</param>
public sealed record MetricValueDefinition(string Name, bool HigherIsBetter = true, bool IsProportion = false);

/// <summary>
/// A metric: a function of a sum over samples. Each sample is measured once into a fixed number of 64-bit words (its
/// <i>statistic</i>); states add statistics, so any split of the samples and any order of merging gives the same bits.
/// </summary>
public abstract class Metric
{
    /// <summary>Name in the catalogue and the spec.</summary>
    public abstract string Name { get; }

    /// <summary>Options that make the number comparable with the reference tool's, in that tool's notation where it has one.</summary>
    public abstract string Signature { get; }

    /// <summary>Words of one sample's statistic.</summary>
    public abstract int StatisticLength { get; }

    /// <summary>The numbers that <see cref="MetricState.Finish"/> yields, in its order.</summary>
    public abstract IReadOnlyList<MetricValueDefinition> Values { get; }

    /// <summary>Measures one sample.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="statistic">Receives exactly <see cref="StatisticLength"/> words; zeroed on entry.</param>
    public abstract void Measure(MetricSample sample, Span<long> statistic);

    /// <summary>A state that has seen no sample.</summary>
    public abstract MetricState CreateState();
}

/// <summary>The mergeable state of a metric.</summary>
public abstract class MetricState
{
    /// <summary>Adds a sample's statistic <paramref name="weight"/> times (a bootstrap replicate adds it 0, 1, 2, … times).</summary>
    public abstract void Add(ReadOnlySpan<long> statistic, long weight);

    /// <summary>Adds all that <paramref name="other"/>, a state of the same metric, has seen.</summary>
    public abstract void Merge(MetricState other);

    /// <summary>Writes the state in the metric's versioned binary form.</summary>
    public abstract void Write(BinaryWriter writer);

    /// <summary>Adds a state written by <see cref="Write"/> to this one.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a state of this metric and version.</exception>
    public abstract void Read(BinaryReader reader);

    /// <summary>Computes the metric's numbers from what was added; NaN where a number is undefined (no sample, division by zero).</summary>
    /// <param name="values">Receives one number per entry of <see cref="Metric.Values"/>.</param>
    public abstract void Finish(Span<double> values);
}
