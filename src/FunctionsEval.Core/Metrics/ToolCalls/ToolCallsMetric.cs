using FunctionsEval.Core.Metrics.Fields;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics.ToolCalls;

/// <summary>
/// Whole turns, whole calls and arguments: the share of turns whose calls are those of the reference in any order, and F1, precision and
/// recall of calls with all their arguments and of arguments alone, over summed counts. A turn without calls is equal to any other without.
/// Samples whose reference has names without arguments are left out.
/// </summary>
internal sealed class ToolCallsMetric(FieldRules rules) : Metric
{
    private const int Measured = 0;
    private const int Match = 1;
    private const int Calls = 2;
    private const int Arguments = Calls + OverlapScores.Words;

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new(
            "tool_calls",
            MetricSubjects.ToolCalls,
            (options, _) => new ToolCallsMetric(FieldRules.Read(options, "arguments", [], "other_arguments"))
        )
        {
            ReadsAnswer = false,
            Numbers =
            [
                new("turn_match", MetricUnit.Share, "Turn match"),
                new("call_f1", MetricUnit.Share, "Call F1"),
                new("call_precision", MetricUnit.Share, "Call precision"),
                new("call_recall", MetricUnit.Share, "Call recall"),
                new("argument_f1", MetricUnit.Share, "Argument F1"),
                new("argument_precision", MetricUnit.Share, "Argument precision"),
                new("argument_recall", MetricUnit.Share, "Argument recall"),
            ],
        };

    /// <inheritdoc/>
    public override string Name => "tool_calls";

    /// <inheritdoc/>
    public override string Signature { get; } = $"arguments:{rules.Signature}|order:any|unparsable:wrong";

    /// <inheritdoc/>
    public override int StatisticLength => Arguments + OverlapScores.Words;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [
        new("turn_match", IsProportion: true) { SuccessIndex = Match },
        .. OverlapScores.Definitions("call_"),
        .. OverlapScores.Definitions("argument_"),
    ];

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        var reference = CallTurn.Parse(sample.References[0]);
        if (!reference.HasArguments)
        {
            return;
        }

        var answer = sample.Prediction is null ? CallTurn.NoCalls : CallTurn.Parse(sample.Prediction);
        var comparison = CallComparison.Compare(reference, answer, rules);
        statistic[Measured] = 1;
        statistic[Match] = sample.Prediction is not null && comparison.IsMatch ? 1 : 0;
        OverlapScores.Write(comparison.Calls, statistic[Calls..]);
        OverlapScores.Write(comparison.Arguments, statistic[Arguments..]);
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        values[0] = (double)sums[Match] / sums[Measured];
        OverlapScores.Finish(sums[Calls..], values[1..]);
        OverlapScores.Finish(sums[Arguments..], values[(1 + OverlapScores.Count)..]);
    }

    /// <inheritdoc/>
    public override Spread SpreadOf(int value, ReadOnlySpan<long> sums, double independent) =>
        value == 0
            ? base.SpreadOf(value, sums, independent)
            : OverlapScores.SpreadOf(sums[(value <= OverlapScores.Count ? Calls : Arguments)..], sums[Measured], independent);

    /// <inheritdoc/>
    public override bool IsMeasured(ReadOnlySpan<long> statistic) => statistic[Measured] != 0;

    /// <inheritdoc/>
    public override long CountSamples(ReadOnlySpan<long> sums, long scored) => sums[Measured];
}
