using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics.ToolCalls;

/// <summary>
/// Whether calls fit the tools that the sample offers, whatever the reference: the shares of calls whose arguments are JSON and valid under
/// the function's schema, and those of functions and arguments that do not exist. No reference is needed.
/// </summary>
internal sealed class ToolValidityMetric : Metric
{
    private const int Samples = 0;

    // Each share has three words: hits, trials, and whether the sample has trials.
    private const int Words = 3;
    private const int Json = 0;
    private const int Schema = 1;
    private const int UnknownFunction = 2;
    private const int UnknownArgument = 3;
    private const int Shares = 4;

    /// <summary>With fewer samples that have calls, no interval from the bootstrap covers.</summary>
    private const int MinSamples = 50;

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("tool_validity", MetricSubjects.ToolCalls, (_, _) => new ToolValidityMetric())
        {
            ReadsAnswer = false,
            NeedsReference = false,
            Numbers =
            [
                new("call_json_rate", MetricUnit.Share, "Calls that are JSON"),
                new("call_schema_rate", MetricUnit.Share, "Calls that fit the schema"),
                new("hallucinated_function_rate", MetricUnit.Share, "Invented functions"),
                new("hallucinated_argument_rate", MetricUnit.Share, "Invented arguments"),
            ],
        };

    /// <inheritdoc/>
    public override string Name => "tool_validity";

    /// <inheritdoc/>
    public override string Signature => "schema:draft-07,2020-12|version:JsonSchema.Net-8.0.5";

    /// <inheritdoc/>
    public override int StatisticLength => 1 + (Words * Shares);

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [
        new("call_json_rate"),
        new("call_schema_rate"),
        new("hallucinated_function_rate", HigherIsBetter: false),
        new("hallucinated_argument_rate", HigherIsBetter: false),
    ];

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        statistic[Samples] = 1;
        foreach (var call in sample.ToolCalls ?? [])
        {
            Add(statistic, Json, call.IsJson ? 1 : 0, 1);
            if (call.IsValid is { } isValid)
            {
                Add(statistic, Schema, isValid ? 1 : 0, 1);
            }

            if (call.IsOffered is { } isOffered)
            {
                Add(statistic, UnknownFunction, isOffered ? 0 : 1, 1);
                if (isOffered && CountArguments(call) is var count and > 0)
                {
                    Add(statistic, UnknownArgument, Math.Min(call.UnknownArguments?.Count ?? 0, count), count);
                }
            }
        }
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        for (var share = 0; share < Shares; share++)
        {
            values[share] = (double)sums[WordOf(share)] / sums[WordOf(share) + 1];
        }
    }

    /// <summary>A share rests on the samples that have calls, of which each may have several.</summary>
    /// <inheritdoc/>
    public override Spread SpreadOf(int value, ReadOnlySpan<long> sums, double independent)
    {
        var counting = sums[WordOf(value) + 2] * independent / sums[Samples];
        return counting < MinSamples
            ? new Spread(double.PositiveInfinity, 0)
            : Spread.OfMean(counting) with
            {
                Leverage = 2 * independent / counting,
            };
    }

    private static int WordOf(int share) => 1 + (Words * share);

    private static void Add(Span<long> statistic, int share, int hits, int trials)
    {
        var words = statistic.Slice(WordOf(share), Words);
        words[0] += hits;
        words[1] += trials;
        words[2] = 1;
    }

    private static int CountArguments(AnsweredCall call) => CallArguments.NamesOf(call.Arguments).Count;
}
