using System.Text.Json;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Prompts;

namespace FunctionsEval.Core.Metrics.Graders.Pairwise;

/// <summary>
/// How often a judge prefers an answer to another one. The judge sees each pair in both orders. An answer wins where both orders prefer it,
/// loses where both prefer the other, and ties in every other case (Zheng et al. 2023, "Judging LLM-as-a-Judge").
/// </summary>
internal sealed class PairwiseMetric : Metric
{
    private const int Judged = 0;
    private const int Wins = 1;
    private const int Ties = 2;
    private const int Losses = 3;
    private const int Consistent = 4;

    /// <summary>Half points of the first place over both orders: 2 for a preference, 1 for a tie.</summary>
    private const int FirstPlace = 5;

    /// <summary>Samples whose grades have the lengths, their half points, and the sums of the line.</summary>
    private const int WithLengths = 6;
    private const int HalfPoints = 7;
    private const int Lengths = 8;
    private const int Squares = 9;
    private const int Products = 10;

    /// <summary>Lengths that vary less give no line: it is a standard deviation of 0.00003, which rounding alone can give.</summary>
    private const double MinVariance = 1e-9;

    private readonly PairwiseSpec _first;
    private readonly PairwiseSpec _second;

    private PairwiseMetric(PairwiseSpec spec)
    {
        _first = spec with { Name = $"{spec.Name}_first", ShowsAnswerFirst = true };
        _second = spec with { Name = $"{spec.Name}_second", ShowsAnswerFirst = false };
        Graders = [_first, _second];
        var hash = SignatureHash.From(spec.Rubric);
        Signature =
            $"model:{spec.Model}|rubric:{hash}|against:{(spec.Against == PairwiseOpponent.Baseline ? "baseline" : "reference")}|orders:both|ties:half|length:code_points";
    }

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("pairwise", MetricSubjects.Preference, Create)
        {
            ReadsAnswer = false,
            NeedsReferenceWith = IsAgainstReference,
            Numbers =
            [
                new("pairwise_win_rate", MetricUnit.Share, "Win rate"),
                new("pairwise_wins", MetricUnit.Share, "Wins"),
                new("pairwise_ties", MetricUnit.Share, "Ties"),
                new("pairwise_losses", MetricUnit.Share, "Losses"),
                new("pairwise_consistency", MetricUnit.Share, "Consistency of pairwise verdicts"),
                new("pairwise_first_place_rate", MetricUnit.Share, "First place preferred"),
                new("pairwise_length_difference", MetricUnit.Plain, "Relative length difference"),
                new("pairwise_length_controlled_win_rate", MetricUnit.Share, "Length-controlled win rate"),
            ],
        };

    /// <inheritdoc/>
    public override string Name => "pairwise";

    /// <inheritdoc/>
    public override string Signature { get; }

    /// <inheritdoc/>
    public override string SumKey => $"pairwise|{_first.Name}|{Signature}";

    /// <inheritdoc/>
    public override int StatisticLength => Products + 1;

    /// <inheritdoc/>
    public override IReadOnlyList<GraderSpec> Graders { get; }

    /// <inheritdoc/>
    public override Metric Coverage => new GradeCoverageMetric(this, canBeUnparsable: true, OutcomeOf);

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [
        new("pairwise_win_rate"),
        new("pairwise_wins", IsProportion: true) { SuccessIndex = Wins },
        new("pairwise_ties", IsProportion: true) { SuccessIndex = Ties },
        new("pairwise_losses", HigherIsBetter: false, IsProportion: true) { SuccessIndex = Losses },
        new("pairwise_consistency", IsProportion: true) { SuccessIndex = Consistent },
        new("pairwise_first_place_rate"),
        new("pairwise_length_difference", HigherIsBetter: false) { Minimum = -1 },
        new("pairwise_length_controlled_win_rate"),
    ];

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        if (OutcomeOf(sample) != GradeOutcome.Graded)
        {
            return;
        }

        var first = sample.Grades![_first.Name];
        var (whenFirst, whenSecond) = (_first.PreferenceIn(first), _second.PreferenceIn(sample.Grades[_second.Name]));
        var halfPoints =
            (whenFirst, whenSecond) is (1, 1) ? 2
            : (whenFirst, whenSecond) is (-1, -1) ? 0
            : 1;
        statistic[Judged] = 1;
        statistic[Wins] = halfPoints == 2 ? 1 : 0;
        statistic[Ties] = halfPoints == 1 ? 1 : 0;
        statistic[Losses] = halfPoints == 0 ? 1 : 0;
        statistic[Consistent] = whenFirst == whenSecond ? 1 : 0;
        statistic[FirstPlace] = 2 + whenFirst - whenSecond;
        if (first.Lengths is { } lengths)
        {
            var x = lengths.Difference;
            statistic[WithLengths] = 1;
            statistic[HalfPoints] = halfPoints;
            statistic[Lengths] = FixedPoint.FromUnit(x);
            statistic[Squares] = FixedPoint.FromUnit(x * x);
            statistic[Products] = FixedPoint.FromUnit(x * halfPoints / 2);
        }
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        double judged = sums[Judged];
        values[0] = (sums[Wins] + (sums[Ties] / 2.0)) / judged;
        values[1] = sums[Wins] / judged;
        values[2] = sums[Ties] / judged;
        values[3] = sums[Losses] / judged;
        values[4] = sums[Consistent] / judged;
        values[5] = sums[FirstPlace] / (4 * judged);
        values[6] = FixedPoint.ToDouble(sums[Lengths]) / sums[WithLengths];
        values[7] = AtEqualLength(sums);
    }

    /// <inheritdoc/>
    public override bool IsMeasured(ReadOnlySpan<long> statistic) => statistic[Judged] != 0;

    /// <inheritdoc/>
    public override long CountSamples(ReadOnlySpan<long> sums, long scored) => sums[Judged];

    /// <summary>
    /// The intercept of the least-squares line of the outcome (0, ½, 1) on the relative difference of the lengths: the win rate where both
    /// answers have one length. NaN where all pairs have the same difference, and it is not 0: nothing tells what length does.
    /// </summary>
    private static double AtEqualLength(ReadOnlySpan<long> sums)
    {
        double n = sums[WithLengths];
        var mean = FixedPoint.ToDouble(sums[Lengths]) / n;
        var outcome = sums[HalfPoints] / (2 * n);
        var variance = (FixedPoint.ToDouble(sums[Squares]) / n) - (mean * mean);
        if (!(variance >= MinVariance))
        {
            return Math.Abs(mean) <= Math.Sqrt(MinVariance) ? outcome : double.NaN;
        }

        var covariance = (FixedPoint.ToDouble(sums[Products]) / n) - (mean * outcome);
        return Math.Clamp(outcome - (covariance / variance * mean), 0, 1);
    }

    private static bool IsAgainstReference(MetricSpec spec) =>
        !(
            spec.Options.TryGetValue("against", out var against)
            && against.ValueKind == JsonValueKind.String
            && against.ValueEquals("baseline")
        );

    private static PairwiseMetric Create(OptionReader options, MetricContext context)
    {
        var against = options.Choice("against", "reference", ["reference", "baseline"]);
        if (against == "baseline" && !context.Settings.HasBaseline)
        {
            throw options.Error(
                "against",
                "is baseline, and the spec has none. Name the model in $.baseline, or compare with the reference."
            );
        }

        var rubric = RubricOption.Read(options, () => PairwiseRubric.Default);
        if (!PairwiseRubric.Answers.All(answer => SampleContent.NamesAny(rubric, [answer])))
        {
            throw options.Wrong("rubric", "must show both answers: {{ answer_a }} and {{ answer_b }}");
        }

        var model = options.Text("model") is { Length: > 0 } name
            ? name
            : throw options.Wrong("model", "is missing: the name of the configured model that compares the answers");
        return new PairwiseMetric(
            new PairwiseSpec($"{options.Text("prefix")}pairwise", model)
            {
                Metric = $"{options.Text("prefix")}pairwise",
                Place = options.PathOf("model"),
                Rubric = rubric,
                Against = against == "baseline" ? PairwiseOpponent.Baseline : PairwiseOpponent.Reference,
                ShowsAnswerFirst = true,
                MaxOutputTokens = options.Int("max_output_tokens", 256, 1, 100_000),
            }
        );
    }

    /// <summary>The outcome of comparing a sample's answer; null where it was not compared.</summary>
    private GradeOutcome? OutcomeOf(MetricSample sample)
    {
        if (
            sample.Grades is not { } grades
            || !grades.TryGetValue(_first.Name, out var first)
            || !grades.TryGetValue(_second.Name, out var second)
        )
        {
            return null;
        }

        return first.Outcome == GradeOutcome.Graded ? second.Outcome
            : second.Outcome == GradeOutcome.Unparsable ? second.Outcome
            : first.Outcome;
    }
}
