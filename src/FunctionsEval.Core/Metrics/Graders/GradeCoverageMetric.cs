using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.Graders;

/// <summary>
/// The share of the answers sent to a grader that have a grade, and the share for which a judge gave no readable grade. It is measured on
/// every answer that was sent to the grader, even if none has a grade, so models are compared over all of them.
/// </summary>
/// <param name="grades">The metric that the grades give.</param>
/// <param name="canBeUnparsable">Whether a grader's reply can be no grade.</param>
/// <param name="outcomeOf">The outcome of grading a sample's answer; null where it was not graded.</param>
internal sealed class GradeCoverageMetric(Metric grades, bool canBeUnparsable, Func<MetricSample, GradeOutcome?> outcomeOf) : Metric
{
    private const int Asked = 0;
    private const int Graded = 1;
    private const int Unparsable = 2;

    /// <summary>What its numbers are called behind the grader's name, and in which unit they are read.</summary>
    public static IReadOnlyList<MetricNumberForm> Numbers { get; } = [new("coverage", MetricUnit.Share, "Coverage")];

    /// <inheritdoc/>
    public override string Name => grades.Name;

    /// <inheritdoc/>
    public override string Signature => grades.Signature;

    /// <inheritdoc/>
    public override string SumKey => $"coverage|{grades.SumKey}";

    /// <inheritdoc/>
    public override int StatisticLength => 3;

    /// <inheritdoc/>
    public override bool IsOfOneSample(int value) => false;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [
        .. canBeUnparsable
            ?
            [
                new MetricValueDefinition($"{grades.Name}_unparsable_rate", HigherIsBetter: false, IsProportion: true)
                {
                    SuccessIndex = Unparsable,
                },
            ]
            : Array.Empty<MetricValueDefinition>(),
        new($"{grades.Name}_coverage", IsProportion: true) { SuccessIndex = Graded },
    ];

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        if (outcomeOf(sample) is { } outcome)
        {
            statistic[Asked] = 1;
            statistic[Graded] = outcome == GradeOutcome.Graded ? 1 : 0;
            statistic[Unparsable] = outcome == GradeOutcome.Unparsable ? 1 : 0;
        }
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        values[0] = (double)sums[Unparsable] / sums[Asked];
        values[^1] = (double)sums[Graded] / sums[Asked];
    }

    /// <inheritdoc/>
    public override bool IsMeasured(ReadOnlySpan<long> statistic) => statistic[Asked] != 0;

    /// <inheritdoc/>
    public override long CountSamples(ReadOnlySpan<long> sums, long scored) => sums[Asked];
}
