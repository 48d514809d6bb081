using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.MultipleChoice;

/// <summary>Multiple choice by log-likelihood, see <see cref="MultipleChoiceQuestion"/>.</summary>
internal sealed class MultipleChoiceMetric : Metric
{
    private const int Questions = 0;
    private const int MostLikely = 1;
    private const int MostLikelyPerCharacter = 2;
    private const int MostLikelyPerByte = 3;
    private const int Greedy = 4;
    private const int SingleGold = 5;
    private const int Brier = 6;

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("multiple_choice", MetricSubjects.ScoredChoices, (_, _) => new MultipleChoiceMetric())
        {
            ReadsAnswer = false,
            Numbers =
            [
                new("acc", MetricUnit.Share, "Accuracy"),
                new("acc_norm", MetricUnit.Share, "Accuracy by character"),
                new("acc_bytes", MetricUnit.Share, "Accuracy by byte"),
                new("gold_is_greedy", MetricUnit.Share, "Right choice is greedy"),
                new("choice_brier", MetricUnit.Plain, "Brier score of choices"),
            ],
        };

    /// <inheritdoc/>
    public override string Name => "multiple_choice";

    /// <inheritdoc/>
    public override string Signature => "norm:characters|ties:first|version:lm_eval-0.4.13";

    /// <inheritdoc/>
    public override int StatisticLength => 7;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [
        new("acc", IsProportion: true) { SuccessIndex = MostLikely },
        new("acc_norm", IsProportion: true) { SuccessIndex = MostLikelyPerCharacter },
        new("acc_bytes", IsProportion: true) { SuccessIndex = MostLikelyPerByte },
        new("gold_is_greedy", IsProportion: true) { SuccessIndex = Greedy },
        new("choice_brier", HigherIsBetter: false) { Maximum = 2 },
    ];

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        if (sample.Choices is not { Count: > 0 } choices)
        {
            return;
        }

        var question = new MultipleChoiceQuestion
        {
            Choices = [.. choices.Select(choice => choice.Text)],
            LogLikelihoods = [.. choices.Select(choice => choice.LogLikelihood)],
            IsGreedy = [.. choices.Select(choice => choice.IsGreedy)],
            Gold = [.. choices.Index().Where(choice => choice.Item.IsGold).Select(choice => choice.Index)],
        };
        statistic[Questions] = 1;
        statistic[MostLikely] = question.IsGold(question.MostLikely) ? 1 : 0;
        statistic[MostLikelyPerCharacter] = question.IsGold(question.MostLikelyPerCharacter) ? 1 : 0;
        statistic[MostLikelyPerByte] = question.IsGold(question.MostLikelyPerByte) ? 1 : 0;
        statistic[Greedy] = question.IsGoldGreedy ? 1 : 0;
        if (question.Gold.Count == 1)
        {
            statistic[SingleGold] = 1;
            statistic[Brier] = FixedPoint.FromUnit(question.Brier);
        }
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        values[0] = (double)sums[MostLikely] / sums[Questions];
        values[1] = (double)sums[MostLikelyPerCharacter] / sums[Questions];
        values[2] = (double)sums[MostLikelyPerByte] / sums[Questions];
        values[3] = (double)sums[Greedy] / sums[Questions];
        values[4] = FixedPoint.ToDouble(sums[Brier]) / sums[SingleGold];
    }

    /// <inheritdoc/>
    public override bool IsMeasured(ReadOnlySpan<long> statistic) => statistic[Questions] != 0;

    /// <inheritdoc/>
    public override long CountSamples(ReadOnlySpan<long> sums, long scored) => sums[Questions];
}
