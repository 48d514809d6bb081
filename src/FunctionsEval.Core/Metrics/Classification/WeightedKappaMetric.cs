using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics.Classification;

/// <summary>How far apart two labels are, by their distance in the list of labels.</summary>
internal enum KappaWeights
{
    /// <summary>|i − j|.</summary>
    Linear,

    /// <summary>(i − j)².</summary>
    Quadratic,
}

/// <summary>
/// Weighted κ for ordered labels (Cohen, Psychological Bulletin 70, 1968), as scikit-learn's <c>cohen_kappa_score(weights=…)</c>.
/// What is no label stands after the last label. The sums are the samples, the weights of their disagreements and both margins.
/// </summary>
internal sealed class WeightedKappaMetric(LabelIndex labels, KappaWeights weights) : Metric
{
    private readonly int _places = labels.Count + 1;

    /// <inheritdoc/>
    public override string Name => "cohen_kappa";

    /// <inheritdoc/>
    public override string Signature { get; } =
        $"weights:{(weights == KappaWeights.Linear ? "linear" : "quadratic")}|unparsable:last|version:sklearn-1.2.1";

    /// <inheritdoc/>
    public override string SumKey { get; } = $"weighted_kappa|{weights}|{labels.Key}";

    /// <inheritdoc/>
    public override int StatisticLength => 2;

    /// <inheritdoc/>
    public override int SumLength => 2 + (2 * _places);

    /// <inheritdoc/>
    public override bool IsOfOneSample(int value) => false;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } = [new("cohen_kappa") { Minimum = -1 }];

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        statistic[0] = labels.IndexOf(sample.References[0]);
        statistic[1] = labels.IndexOf(sample.Prediction);
    }

    /// <inheritdoc/>
    public override int Scatter(ReadOnlySpan<long> statistic, Span<SumTerm> terms)
    {
        var actual = Place(statistic[0]);
        var predicted = Place(statistic[1]);
        terms[0] = new SumTerm(0, 1);
        terms[1] = new SumTerm(1, Weight(actual, predicted));
        terms[2] = new SumTerm(2 + actual, 1);
        terms[3] = new SumTerm(2 + _places + predicted, 1);
        return 4;
    }

    /// <summary>
    /// The less the labels disagree by chance, the more one sample with the maximum disagreement changes the agreement beyond chance.
    /// </summary>
    /// <inheritdoc/>
    public override Spread SpreadOf(int value, ReadOnlySpan<long> sums, double independent) =>
        Spread.OfMean(independent) with
        {
            Leverage = Math.Max(1, Weight(0, _places - 1) * Math.Pow(sums[0], 2) / (double)Expected(sums)),
        };

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) =>
        values[0] = 1 - ((double)((Int128)sums[1] * sums[0]) / (double)Expected(sums));

    /// <summary>The disagreement to expect by chance, times the square of the samples.</summary>
    private Int128 Expected(ReadOnlySpan<long> sums)
    {
        Int128 expected = 0;
        for (var actual = 0; actual < _places; actual++)
        {
            for (var predicted = 0; predicted < _places; predicted++)
            {
                expected += (Int128)sums[2 + actual] * sums[2 + _places + predicted] * Weight(actual, predicted);
            }
        }

        return expected;
    }

    private int Place(long label) => label < 0 ? _places - 1 : (int)label;

    private long Weight(int actual, int predicted)
    {
        long distance = Math.Abs(actual - predicted);
        return weights == KappaWeights.Linear ? distance : distance * distance;
    }
}
