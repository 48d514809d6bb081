using FunctionsEval.Core.Metrics.Ranking;
using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.Regression;

/// <summary>
/// How far the order of the answers is that of the references: Spearman's ρ or Kendall's τ-b, as scipy's <c>spearmanr</c> and
/// <c>kendalltau</c>; undefined where either are all equal.
/// </summary>
internal sealed class RankCorrelationMetric : Metric
{
    private readonly RankCorrelation _coefficient;

    private RankCorrelationMetric(RankCorrelation coefficient)
    {
        _coefficient = coefficient;
        SampleRule = new RankCorrelationRule(coefficient);
        Values = [new MetricValueDefinition(Name) { Minimum = -1 }];
    }

    /// <summary>Kendall's τ-b as specs ask for it.</summary>
    public static MetricDefinition KendallDefinition { get; } =
        new("kendall", MetricSubjects.Number, (_, _) => new RankCorrelationMetric(RankCorrelation.KendallTauB))
        {
            Numbers = [new("kendall", MetricUnit.Plain, "Kendall's τ")],
        };

    /// <summary>Spearman's ρ as specs ask for it.</summary>
    public static MetricDefinition SpearmanDefinition { get; } =
        new("spearman", MetricSubjects.Number, (_, _) => new RankCorrelationMetric(RankCorrelation.Spearman))
        {
            Numbers = [new("spearman", MetricUnit.Plain, "Spearman's ρ")],
        };

    /// <inheritdoc/>
    public override string Name => _coefficient == RankCorrelation.Spearman ? "spearman" : "kendall";

    /// <inheritdoc/>
    public override string Signature =>
        _coefficient == RankCorrelation.Spearman
            ? "ties:mean_rank|over:parsed|version:scipy-1.10.1"
            : "variant:b|over:parsed|version:scipy-1.10.1";

    /// <inheritdoc/>
    public override SampleRule? SampleRule { get; }

    /// <inheritdoc/>
    public override int StatisticLength => NumberPair.Words;

    /// <summary>How many samples have both numbers.</summary>
    /// <inheritdoc/>
    public override int SumLength => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; }

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic) => NumberPair.Measure(sample, statistic);

    /// <inheritdoc/>
    public override bool IsMeasured(ReadOnlySpan<long> statistic) => NumberPair.IsMeasured(statistic);

    /// <inheritdoc/>
    public override long CountSamples(ReadOnlySpan<long> sums, long scored) => sums[0];

    /// <inheritdoc/>
    public override int Scatter(ReadOnlySpan<long> statistic, Span<SumTerm> terms)
    {
        terms[0] = new SumTerm(0, statistic[0]);
        return 1;
    }

    /// <summary>Not a function of the sums, which count samples only: undefined.</summary>
    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => values[0] = double.NaN;
}
