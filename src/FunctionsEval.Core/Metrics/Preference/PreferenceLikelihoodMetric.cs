using FunctionsEval.Core.Metrics.MultipleChoice;
using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.Preference;

/// <summary>
/// How often the preferred one of two answers is more probable than the other, as a whole and per token, and by how much (in nats). Two
/// equal probabilities prefer neither and count as a miss.
/// </summary>
internal sealed class PreferenceLikelihoodMetric : Metric
{
    private const int Pairs = 0;
    private const int MoreLikely = 1;
    private const int Margin = 2;
    private const int MarginUnits = 3;
    private const int WithTokens = 4;
    private const int MoreLikelyPerToken = 5;
    private const int TokenMargin = 6;
    private const int TokenMarginUnits = 7;
    private const int PerTokenValue = 1;

    /// <summary>No text of a row has so small a likelihood; a larger margin in an offline file is cut to it.</summary>
    private const double MaxMargin = 1e9;

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("preference_likelihood", MetricSubjects.ScoredPair, (_, _) => new PreferenceLikelihoodMetric())
        {
            ReadsAnswer = false,
            Numbers =
            [
                new("preference_accuracy", MetricUnit.Share, "Preference accuracy"),
                new("preference_accuracy_per_token", MetricUnit.Share, "Preference accuracy by token"),
                new("preference_margin", MetricUnit.Plain, "Preference margin"),
                new("preference_margin_per_token", MetricUnit.Plain, "Preference margin by token"),
            ],
        };

    /// <inheritdoc/>
    public override string Name => "preference_likelihood";

    /// <inheritdoc/>
    public override string Signature => "norm:none,tokens|ties:miss|unit:nats";

    /// <inheritdoc/>
    public override int StatisticLength => TokenMarginUnits + 1;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [
        new("preference_accuracy", IsProportion: true) { SuccessIndex = MoreLikely },
        new("preference_accuracy_per_token"),
        new("preference_margin") { Minimum = double.NegativeInfinity, Maximum = double.PositiveInfinity },
        new("preference_margin_per_token") { Minimum = double.NegativeInfinity, Maximum = double.PositiveInfinity },
    ];

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        if (
            sample.Choices is not { Count: 2 } choices
            || choices.FirstOrDefault(choice => choice.IsGold) is not { } preferred
            || choices.FirstOrDefault(choice => !choice.IsGold) is not { } other
        )
        {
            return;
        }

        statistic[Pairs] = 1;
        statistic[MoreLikely] = preferred.LogLikelihood > other.LogLikelihood ? 1 : 0;
        (statistic[Margin], statistic[MarginUnits]) = Split(preferred.LogLikelihood - other.LogLikelihood);
        if (preferred.Tokens > 0 && other.Tokens > 0)
        {
            var margin = PerToken(preferred) - PerToken(other);
            statistic[WithTokens] = 1;
            statistic[MoreLikelyPerToken] = margin > 0 ? 1 : 0;
            (statistic[TokenMargin], statistic[TokenMarginUnits]) = Split(margin);
        }
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        values[0] = (double)sums[MoreLikely] / sums[Pairs];
        values[PerTokenValue] = (double)sums[MoreLikelyPerToken] / sums[WithTokens];
        values[2] = FixedPoint.Join(sums[Margin], sums[MarginUnits]) / sums[Pairs];
        values[3] = FixedPoint.Join(sums[TokenMargin], sums[TokenMarginUnits]) / sums[WithTokens];
    }

    /// <inheritdoc/>
    public override bool IsMeasured(ReadOnlySpan<long> statistic) => statistic[Pairs] != 0;

    /// <inheritdoc/>
    public override long CountSamples(ReadOnlySpan<long> sums, long scored) => sums[Pairs];

    /// <inheritdoc/>
    public override ProportionCounts? CountsOf(int value, ReadOnlySpan<long> sums) =>
        value == PerTokenValue ? new ProportionCounts(sums[MoreLikelyPerToken], sums[WithTokens]) : null;

    private static double PerToken(ChoiceLikelihood choice) => choice.LogLikelihood / choice.Tokens;

    private static (long Whole, long Units) Split(double margin) => FixedPoint.Split(Math.Clamp(margin, -MaxMargin, MaxMargin));
}
