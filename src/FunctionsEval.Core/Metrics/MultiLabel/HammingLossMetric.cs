using FunctionsEval.Core.Metrics.Classification;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics.MultiLabel;

/// <summary>
/// The share of wrong decisions, one a sample and label: scikit-learn's <c>hamming_loss</c>. All decisions of an answer that did not parse
/// are wrong.
/// </summary>
internal sealed class HammingLossMetric(LabelIndex labels) : LabelSetMetric(labels)
{
    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("hamming_loss", MetricSubjects.LabelSet, (_, context) => new HammingLossMetric(context.Labels))
        {
            Numbers = [new("hamming_loss", MetricUnit.Share, "Hamming loss")],
        };

    /// <inheritdoc/>
    public override string Name => "hamming_loss";

    /// <inheritdoc/>
    public override string Signature { get; } = $"labels:{labels.Count}|{Reference}";

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } = [new("hamming_loss", HigherIsBetter: false)];

    /// <summary>A mean over samples.</summary>
    /// <inheritdoc/>
    public override Spread SpreadOf(int value, ReadOnlySpan<long> sums, double independent) => Spread.OfMean(independent);

    /// <inheritdoc/>
    public override string? WarningOf(ReadOnlySpan<long> sums) => null;

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) =>
        values[0] = (double)WrongDecisions(sums) / Samples(sums) / LabelCount;
}
