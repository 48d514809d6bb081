using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics.ToolCalls;

/// <summary>
/// Whether the model calls a tool where the reference does: accuracy, and F1, precision and recall of calling. An answer that is neither a
/// call nor a text is wrong, and no call.
/// </summary>
internal sealed class ToolDecisionMetric : Metric
{
    private const int Right = 0;
    private const int Expected = 1;
    private const int Given = 2;

    // The sums: right ones, and a matrix of two rows and three columns.
    private const int Matrix = 1;
    private const int Columns = 3;
    private const int Call = 0;
    private const int NoCall = 1;
    private const int Neither = 2;

    private static readonly MetricTableKind Table = new()
    {
        Member = "toolDecisions",
        RowsMember = "turns",
        Title = "Call or no call",
        Note = "expected down, given across; other is an answer that is neither",
    };

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("tool_decision", MetricSubjects.ToolCalls, (_, _) => new ToolDecisionMetric())
        {
            ReadsAnswer = false,
            Table = Table,
            Numbers =
            [
                new("tool_decision_accuracy", MetricUnit.Share, "Tool decision accuracy"),
                new("tool_decision_f1", MetricUnit.Share, "Tool decision F1"),
                new("tool_decision_precision", MetricUnit.Share, "Tool decision precision"),
                new("tool_decision_recall", MetricUnit.Share, "Tool decision recall"),
            ],
        };

    /// <inheritdoc/>
    public override string Name => "tool_decision";

    /// <inheritdoc/>
    public override string Signature => "positive:call|unparsable:wrong";

    /// <inheritdoc/>
    public override int StatisticLength => 3;

    /// <inheritdoc/>
    public override int SumLength => Matrix + (2 * Columns);

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [new("tool_decision_accuracy", IsProportion: true) { SuccessIndex = Right }, .. OverlapScores.Definitions("tool_decision_")];

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        var expected = DecisionOf(sample.References[0]);
        var given = sample.Prediction is null ? Neither : DecisionOf(sample.Prediction);
        statistic[Right] = expected == given ? 1 : 0;
        statistic[Expected] = expected;
        statistic[Given] = given;
    }

    /// <inheritdoc/>
    public override int Scatter(ReadOnlySpan<long> statistic, Span<SumTerm> terms)
    {
        terms[0] = new SumTerm(0, statistic[Right]);
        terms[1] = new SumTerm(Matrix + (int)((statistic[Expected] * Columns) + statistic[Given]), 1);
        return 2;
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        var (hits, calls, given) = CountsOf(sums);
        values[0] = (double)sums[0] / (calls + RowOf(sums, NoCall));
        values[1] = 2.0 * hits / (calls + given);
        values[2] = (double)hits / given;
        values[3] = (double)hits / calls;
    }

    /// <inheritdoc/>
    public override ProportionCounts? CountsOf(int value, ReadOnlySpan<long> sums)
    {
        var (hits, calls, given) = CountsOf(sums);
        return value switch
        {
            1 => new ProportionCounts(hits, calls + given - hits, IsDice: true),
            2 => new ProportionCounts(hits, given),
            3 => new ProportionCounts(hits, calls),
            _ => null,
        };
    }

    /// <inheritdoc/>
    public override Spread SpreadOf(int value, ReadOnlySpan<long> sums, double independent) =>
        Spread.OfMean(independent) with
        {
            Leverage = 2,
        };

    /// <inheritdoc/>
    public override MetricTable? TableOf(ReadOnlySpan<long> sums) =>
        new()
        {
            Kind = Table,
            Labels = ["call", "no call"],
            Rows = [RowsOf(sums, Call), RowsOf(sums, NoCall)],
        };

    private static int DecisionOf(string turn) => CallTurn.Parse(turn).Calls.Count > 0 ? Call : NoCall;

    /// <summary>Calls where a call is expected, calls that are expected, and calls that are given.</summary>
    private static (long Hits, long Expected, long Given) CountsOf(ReadOnlySpan<long> sums) =>
        (sums[Matrix], RowOf(sums, Call), sums[Matrix] + sums[Matrix + (NoCall * Columns)]);

    private static long RowOf(ReadOnlySpan<long> sums, int row)
    {
        var cells = sums.Slice(Matrix + (row * Columns), Columns);
        return cells[Call] + cells[NoCall] + cells[Neither];
    }

    private static double[] RowsOf(ReadOnlySpan<long> sums, int row)
    {
        var cells = sums.Slice(Matrix + (row * Columns), Columns);
        return [cells[Call], cells[NoCall], cells[Neither]];
    }
}
