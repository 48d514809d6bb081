using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Core.Metrics.Probabilities;

/// <summary>
/// The mean share of the label probabilities that is divided equally because the endpoint's answer does not say which label it belongs to,
/// 0–1 (<see cref="MetricSample.UnresolvedLabelMass"/>). It shows how far the numbers beside it rest on the model's own probabilities.
/// Samples without this share are not counted.
/// </summary>
/// <param name="probabilities">How the probabilities are obtained.</param>
internal sealed class UnresolvedLabelMassMetric(LabelProbabilityMethod probabilities) : Metric
{
    private const int Samples = 0;
    private const int Share = 1;

    /// <summary>What its number is called, and in which unit it is read.</summary>
    public static IReadOnlyList<MetricNumberForm> Numbers { get; } =
    [new("unresolved_label_mass", MetricUnit.Share, "Unresolved label probability")];

    /// <inheritdoc/>
    public override string Name => "unresolved_label_mass";

    /// <inheritdoc/>
    public override string Signature { get; } = $"of:ambiguous+unseen|{LabelProbabilityMetric.SignaturePartOf(probabilities)}";

    /// <inheritdoc/>
    public override string SumKey => Name;

    /// <inheritdoc/>
    public override AnswerDetail Needs => AnswerDetail.LabelProbabilities;

    /// <inheritdoc/>
    public override int StatisticLength => 2;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } = [new("unresolved_label_mass", HigherIsBetter: false)];

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        if (sample.UnresolvedLabelMass is { } share)
        {
            statistic[Samples] = 1;
            statistic[Share] = FixedPoint.FromUnit(Math.Clamp(share, 0, 1));
        }
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) =>
        values[0] = FixedPoint.ToDouble(sums[Share]) / sums[Samples];

    /// <inheritdoc/>
    public override bool IsMeasured(ReadOnlySpan<long> statistic) => statistic[Samples] != 0;

    /// <inheritdoc/>
    public override long CountSamples(ReadOnlySpan<long> sums, long scored) => sums[Samples];
}
