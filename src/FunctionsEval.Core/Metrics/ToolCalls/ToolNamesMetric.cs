using FunctionsEval.Core.Metrics.Fields;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics.ToolCalls;

/// <summary>
/// The functions that a turn calls, whatever their arguments and order: the share of turns that call those of the reference, each as often,
/// and F1, precision and recall of the names as multisets over summed counts, of all functions and of each that the spec names.
/// </summary>
internal sealed class ToolNamesMetric(IReadOnlyList<string> functions) : Metric
{
    /// <summary>Each function takes four words of every sample.</summary>
    private const int MaxFunctions = 100;

    private const int Match = 0;
    private const int Samples = 1;
    private const int All = 2;

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("tool_names", MetricSubjects.ToolCalls, Create)
        {
            ReadsAnswer = false,
            Numbers =
            [
                new("tool_names_match", MetricUnit.Share, "Tool names match"),
                new("tool_names_f1", MetricUnit.Share, "Tool name F1"),
                new("tool_names_precision", MetricUnit.Share, "Tool name precision"),
                new("tool_names_recall", MetricUnit.Share, "Tool name recall"),
            ],
        };

    private static ToolNamesMetric Create(OptionReader options, MetricContext context)
    {
        var functions = options.Texts("functions", maxCount: MaxFunctions) ?? [];
        return functions.Distinct(StringComparer.Ordinal).Count() == functions.Count
            ? new ToolNamesMetric(functions)
            : throw options.Wrong("functions", "must name each function once");
    }

    /// <inheritdoc/>
    public override string Name => "tool_names";

    /// <inheritdoc/>
    public override string Signature { get; } = $"functions:{functions.Count}|order:any|unparsable:wrong";

    /// <inheritdoc/>
    public override string SumKey { get; } = $"tool_names|{string.Concat(functions.Select(name => $"{name.Length}:{name}"))}";

    /// <inheritdoc/>
    public override int StatisticLength => All + (OverlapScores.Words * (1 + functions.Count));

    /// <inheritdoc/>
    public override bool IsOfOneSample(int value) => false;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [
        new("tool_names_match", IsProportion: true) { SuccessIndex = Match },
        .. OverlapScores.Definitions("tool_names_"),
        .. functions.SelectMany(function => OverlapScores.Definitions("tool_names_", $"[{function}]")),
    ];

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        var expected = CountNames(CallTurn.Parse(sample.References[0]));
        var given = CountNames(sample.Prediction is null ? CallTurn.NoCalls : CallTurn.Parse(sample.Prediction));
        var all = default(UnitCounts);
        foreach (var name in expected.Keys.Union(given.Keys, StringComparer.Ordinal))
        {
            all += CountsOf(name, expected, given);
        }

        statistic[Match] = sample.Prediction is not null && all.Matched == all.Expected && all.Matched == all.Given ? 1 : 0;
        statistic[Samples] = 1;
        OverlapScores.Write(all, statistic[All..]);
        for (var function = 0; function < functions.Count; function++)
        {
            OverlapScores.Write(CountsOf(functions[function], expected, given), statistic[WordOf(function)..]);
        }
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        values[0] = (double)sums[Match] / sums[Samples];
        OverlapScores.Finish(sums[All..], values[1..]);
        for (var function = 0; function < functions.Count; function++)
        {
            OverlapScores.Finish(sums[WordOf(function)..], values[(1 + (OverlapScores.Count * (1 + function)))..]);
        }
    }

    /// <inheritdoc/>
    public override Spread SpreadOf(int value, ReadOnlySpan<long> sums, double independent) =>
        value == 0
            ? base.SpreadOf(value, sums, independent)
            : OverlapScores.SpreadOf(sums[WordOf(((value - 1) / OverlapScores.Count) - 1)..], sums[Samples], independent);

    /// <summary>Where the words of a function begin; −1 stands for all functions.</summary>
    private static int WordOf(int function) => All + (OverlapScores.Words * (1 + function));

    private static Dictionary<string, int> CountNames(CallTurn turn) =>
        turn.Calls.CountBy(call => call.Name, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);

    private static UnitCounts CountsOf(string name, Dictionary<string, int> expected, Dictionary<string, int> given)
    {
        var (wanted, got) = (expected.GetValueOrDefault(name), given.GetValueOrDefault(name));
        return new UnitCounts(Math.Min(wanted, got), wanted, got);
    }
}
