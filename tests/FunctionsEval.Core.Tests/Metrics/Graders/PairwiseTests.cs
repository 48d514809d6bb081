using CsCheck;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders.Pairwise;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Core.Tasks.Preference;

namespace FunctionsEval.Core.Tests.Metrics.Graders;

/// <summary>Comparisons of two answers by a judge. Expected values by hand from the definitions in docs/metrics.md.</summary>
public sealed class PairwiseTests
{
    private static readonly Metric Pairwise = Samples.Create(PreferenceTask.Instance, "pairwise", ("model", "j"));

    private static readonly Gen<MetricSample> Judged = Gen.Select(
        Gen.OneOf("A", "B", "tie"),
        Gen.OneOf("A", "B", "tie"),
        Gen.Int[0, 60],
        Gen.Int[0, 60],
        Sample
    );

    /// <summary>The answer is A in the first order and B in the second.</summary>
    [Theory]
    [InlineData("A", "B", 1)]
    [InlineData("B", "A", 0)]
    [InlineData("A", "A", 0.5)]
    [InlineData("B", "B", 0.5)]
    [InlineData("tie", "tie", 0.5)]
    [InlineData("A", "tie", 0.5)]
    [InlineData("tie", "A", 0.5)]
    public void Answer_wins_or_loses_only_where_both_orders_say_so(string first, string second, double points)
    {
        var values = Samples.Values(Pairwise, Sample(first, second, 10, 10));

        Assert.Equal(points, values["pairwise_win_rate"]);
        Assert.Equal(points == 1 ? 1 : 0, values["pairwise_wins"]);
        Assert.Equal(points == 0 ? 1 : 0, values["pairwise_losses"]);
        Assert.Equal(points == 0.5 ? 1 : 0, values["pairwise_ties"]);
    }

    /// <summary>
    /// Points 1, 1, ½, 0, ½ at differences ½, ⅓, 0, −⅓, ½: Σx = 1, Σx² = 13/18, Σxy = 13/12, so the slope is 87/94 and the intercept
    /// 3/5 − 87/470.
    /// </summary>
    [Fact]
    public void Numbers_are_those_of_the_definitions()
    {
        var values = Samples.Values(
            Pairwise,
            Sample("A", "B", 30, 10),
            Sample("A", "B", 20, 10),
            Sample("tie", "A", 10, 10),
            Sample("B", "A", 10, 20),
            Sample("A", "A", 30, 10)
        );

        Assert.Equal(0.6, values["pairwise_win_rate"], 12);
        Assert.Equal(0.4, values["pairwise_wins"], 12);
        Assert.Equal(0.4, values["pairwise_ties"], 12);
        Assert.Equal(0.2, values["pairwise_losses"], 12);
        Assert.Equal(0.6, values["pairwise_consistency"], 12);
        // A in first place: 1 + 0, 1 + 0, ½ + 1, 0 + 1, 1 + 1 of ten orders.
        Assert.Equal(0.65, values["pairwise_first_place_rate"], 12);
        Assert.Equal(0.2, values["pairwise_length_difference"], 9);
        Assert.Equal(0.6 - (87.0 / 470), values["pairwise_length_controlled_win_rate"], 9);
    }

    [Fact]
    public void Judge_that_always_takes_the_first_answer_decides_nothing()
    {
        var values = Samples.Values(Pairwise, Sample("A", "A", 5, 50), Sample("A", "A", 50, 5));

        Assert.Equal(0.5, values["pairwise_win_rate"]);
        Assert.Equal(1, values["pairwise_first_place_rate"]);
        Assert.Equal(0, values["pairwise_consistency"]);
    }

    [Fact]
    public void Lengths_that_never_differ_change_nothing_and_one_constant_difference_says_nothing()
    {
        var equal = Samples.Values(Pairwise, Sample("A", "B", 7, 7), Sample("B", "A", 0, 0), Sample("A", "B", 9, 9));
        var constant = Samples.Values(Pairwise, Sample("A", "B", 20, 10), Sample("B", "A", 20, 10));

        Assert.Equal(2 / 3.0, equal["pairwise_length_controlled_win_rate"], 9);
        Assert.Equal(0.5, constant["pairwise_win_rate"]);
        Assert.Equal(double.NaN, constant["pairwise_length_controlled_win_rate"]);
    }

    [Fact]
    public void Comparison_from_the_other_side_gives_the_complement() =>
        Judged
            .Array[1, 20]
            .Sample(samples =>
            {
                var values = Samples.Values(Pairwise, samples);
                var mirrored = Samples.Values(Pairwise, samples.Select(Mirrored));
                Assert.Equal(1 - values["pairwise_win_rate"], mirrored["pairwise_win_rate"], 12);
                Assert.Equal(values["pairwise_wins"], mirrored["pairwise_losses"], 12);
                Assert.Equal(values["pairwise_ties"], mirrored["pairwise_ties"], 12);
                Assert.Equal(values["pairwise_consistency"], mirrored["pairwise_consistency"], 12);
                Assert.Equal(values["pairwise_first_place_rate"], mirrored["pairwise_first_place_rate"], 12);
                Assert.Equal(-values["pairwise_length_difference"], mirrored["pairwise_length_difference"], 9);
                // A rounded sum, 2^-36 at most, is divided by a variance of 1e-9 at least, below which there is no rate.
                Assert.Equal(
                    1 - values["pairwise_length_controlled_win_rate"],
                    mirrored["pairwise_length_controlled_win_rate"],
                    tolerance: 0.02
                );
            });

    [Theory]
    [InlineData(GradeOutcome.Graded, GradeOutcome.Unparsable, 0, 1)]
    [InlineData(GradeOutcome.NotGraded, GradeOutcome.Unparsable, 0, 1)]
    [InlineData(GradeOutcome.NotGraded, GradeOutcome.Graded, 0, 0)]
    [InlineData(GradeOutcome.Graded, GradeOutcome.Graded, 1, 0)]
    public void Pair_without_both_verdicts_is_no_tie(GradeOutcome first, GradeOutcome second, double coverage, double unparsable)
    {
        var metrics = MetricCatalog.Create(PreferenceTask.Instance, [Samples.Spec("pairwise", ("model", "j"))], new MetricSettings());
        var sample = Sample("A", "B", 1, 1);
        sample = sample with
        {
            Grades = sample.Grades!.ToDictionary(
                pair => pair.Key,
                pair => pair.Value with { Outcome = pair.Key == "pairwise_first" ? first : second }
            ),
        };

        var values = MetricScore.ValuesOf(MetricScore.Report(metrics, [sample]));

        Assert.Equal(coverage, values["pairwise_coverage"]);
        Assert.Equal(unparsable, values["pairwise_unparsable_rate"]);
        Assert.Equal(coverage == 1 ? 1 : double.NaN, values["pairwise_win_rate"]);
    }

    [Fact]
    public void Each_order_is_a_grade_of_its_own_under_the_prefix()
    {
        var metric = Samples.Create(GenerationTask.Instance, "pairwise", ("model", "j"), ("prefix", "x_"), ("against", "baseline"));

        Assert.Equal(["x_pairwise_first", "x_pairwise_second"], metric.Graders.Select(grader => grader.Name));
        Assert.All(metric.Graders, grader => Assert.Equal(PairwiseOpponent.Baseline, ((PairwiseSpec)grader).Against));
        Assert.Contains("against:baseline", metric.Signature, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model", "", "is missing")]
    [InlineData("rubric", "Compare {{ answer_a }} with nothing", "answer_b")]
    [InlineData("rubric", "{{ answer_a", "Liquid")]
    [InlineData("against", "baseline", "$.baseline")]
    [InlineData("against", "nobody", "reference")]
    public void Option_that_cannot_be_is_refused_with_the_fix(string option, string value, string told)
    {
        var spec = Samples.Spec("pairwise", [.. new[] { ("model", (object)"j") }.Where(pair => pair.Item1 != option), (option, value)]);
        var refused = Assert.Throws<OptionException>(() =>
            MetricCatalog.Create(PreferenceTask.Instance, [spec], new MetricSettings { HasBaseline = false })
        );
        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Spec_without_a_judge_is_refused()
    {
        var refused = Assert.Throws<OptionException>(() => MetricCatalog.Create(PreferenceTask.Instance, [], new MetricSettings()));
        Assert.Contains("compares the answers", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_a_comparison_with_the_reference_needs_one()
    {
        Assert.Equal(["pairwise"], MetricCatalog.ThatNeedReference(PreferenceTask.Instance, [Samples.Spec("pairwise", ("model", "j"))]));
        Assert.Empty(
            MetricCatalog.ThatNeedReference(PreferenceTask.Instance, [Samples.Spec("pairwise", ("model", "j"), ("against", "baseline"))])
        );
    }

    private static MetricSample Sample(string first, string second, int answer, int other) =>
        new()
        {
            References = ["r"],
            Prediction = "p",
            Grades = new Dictionary<string, Grade>
            {
                ["pairwise_first"] = Grade(first, answer, other),
                ["pairwise_second"] = Grade(second, answer, other),
            },
        };

    private static Grade Grade(string label, int answer, int other) =>
        new()
        {
            Outcome = GradeOutcome.Graded,
            Label = label,
            Lengths = new ComparedLengths(answer, other),
        };

    /// <summary>The same comparison as the other answer has it: what was shown first for one was shown second for the other.</summary>
    private static MetricSample Mirrored(MetricSample sample)
    {
        var (first, second) = (sample.Grades!["pairwise_first"], sample.Grades["pairwise_second"]);
        return Sample(second.Label!, first.Label!, first.Lengths!.Other, first.Lengths.Answer);
    }
}
