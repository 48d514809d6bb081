using FunctionsEval.Core.Metrics.Classification;
using FunctionsEval.Core.Metrics.Probabilities;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Core.Metrics.Ranking;

/// <summary>A metric of the order in which the probabilities put the samples: ROC-AUC or average precision.</summary>
/// <param name="rule">Which of the two, and of which labels.</param>
/// <param name="labels">The labels.</param>
/// <param name="probabilities">How the probabilities are obtained.</param>
/// <param name="description">The rule in the signature's notation.</param>
internal sealed class RankingMetric(ContestRule rule, LabelIndex labels, LabelProbabilityMethod probabilities, string description)
    : LabelProbabilityMetric(labels, probabilities)
{
    private readonly bool[] _isScored =
    [
        .. Enumerable.Range(0, labels.Count).Select(label => rule.Contests.Any(contest => contest.Positive == label)),
    ];

    /// <summary>The area under the ROC curve as specs ask for it.</summary>
    public static MetricDefinition RocAucDefinition { get; } =
        new("roc_auc", MetricSubjects.Label, (options, context) => Create(RankingCurve.RocAuc, options, context))
        {
            ReadsAnswer = false,
            Numbers = [new("roc_auc", MetricUnit.Plain, "ROC AUC")],
        };

    /// <summary>Average precision as specs ask for it.</summary>
    public static MetricDefinition AveragePrecisionDefinition { get; } =
        new("average_precision", MetricSubjects.Label, (options, context) => Create(RankingCurve.AveragePrecision, options, context))
        {
            ReadsAnswer = false,
            Numbers = [new("average_precision", MetricUnit.Plain, "Average precision")],
        };

    private static RankingMetric Create(RankingCurve curve, OptionReader options, MetricContext context)
    {
        var average = options.Choice("average", "macro", ["macro", "weighted"]);
        var contest = curve == RankingCurve.RocAuc ? options.Choice("multi_class", "ovr", ["ovr", "ovo"]) : "ovr";
        if (context.PositiveLabel is not null)
        {
            return CreateOfPositive(curve, options, context);
        }

        if (contest == "ovo" && average == "weighted")
        {
            throw options.Wrong("average", "must be \"macro\" with multi_class \"ovo\"");
        }

        var count = context.Labels.Count;
        if (contest == "ovo" && count > SpecLimits.MaxLabelsSquared)
        {
            throw options.Wrong("multi_class", $"must be \"ovr\" with more than {SpecLimits.MaxLabelsSquared} labels");
        }

        return new RankingMetric(
            contest == "ovo" ? ContestRule.OneVersusOne(curve, count) : ContestRule.OneVersusRest(curve, count, average == "weighted"),
            context.Labels,
            context.Settings.LabelProbabilities,
            $"multi_class:{contest}|average:{average}|labels:{count}"
        );
    }

    private static RankingMetric CreateOfPositive(RankingCurve curve, OptionReader options, MetricContext context)
    {
        if ((options.Read("average") ?? options.Read("multi_class")) is not null)
        {
            throw options.Wrong(
                options.Read("average") is null ? "multi_class" : "average",
                "has no meaning with a positiveLabel: the number is then that label's alone"
            );
        }

        return new RankingMetric(
            ContestRule.OneClass(curve, context.PositiveIndex),
            context.Labels,
            context.Settings.LabelProbabilities,
            "of:positive_label"
        );
    }

    /// <inheritdoc/>
    public override string Name => rule.Curve == RankingCurve.RocAuc ? "roc_auc" : "average_precision";

    /// <inheritdoc/>
    protected override string OwnSignature { get; } = $"{description}|version:sklearn-1.2.1";

    /// <inheritdoc/>
    public override string SumKey { get; } = $"{rule.Curve}|{description}|{labels.Key}";

    /// <inheritdoc/>
    public override int StatisticLength => 2 + LabelCount;

    /// <inheritdoc/>
    public override int SumLength => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values => [new(Name)];

    /// <inheritdoc/>
    public override SampleRule? SampleRule => rule;

    /// <inheritdoc/>
    public override int Scatter(ReadOnlySpan<long> statistic, Span<SumTerm> terms)
    {
        terms[0] = new SumTerm(0, statistic[0]);
        return 1;
    }

    /// <summary>Not a function of the sums, which count samples only: undefined.</summary>
    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => values[0] = double.NaN;

    /// <inheritdoc/>
    protected override void Measure(double[] probabilities, int actual, Span<long> statistic)
    {
        statistic[0] = actual;
        for (var label = 0; label < probabilities.Length; label++)
        {
            // Where one label is all that matters the others take no room in the files.
            statistic[1 + label] = _isScored[label] ? BitConverter.DoubleToInt64Bits(probabilities[label]) : 0;
        }
    }
}
