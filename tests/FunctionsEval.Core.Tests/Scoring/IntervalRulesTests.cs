using System.Globalization;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Core.Tests.Metrics;

namespace FunctionsEval.Core.Tests.Scoring;

/// <summary>Which numbers get an interval, and what it holds. The benchmark <c>coverage</c> simulates the same at length.</summary>
public sealed class IntervalRulesTests
{
    private static readonly string[] Names = ["accuracy", "balanced_accuracy", "f1", "cohen_kappa", "mcc", "unparsable_rate"];

    [Theory]
    [InlineData(2, 30)]
    [InlineData(10, 120)]
    [InlineData(77, 150)]
    [InlineData(77, 900)]
    public void No_interval_excludes_its_estimate(int labels, int samples)
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var report = Report(labels, samples, accuracy: seed / 11.0, seed, answersPerSample: 1 + (seed % 3));
            Assert.All(
                report.Results.Where(result => result.Lower is not null),
                result => Assert.InRange(result.Value!.Value, result.Lower!.Value, result.Upper!.Value)
            );
            Assert.All(
                report.Comparisons.Where(comparison => comparison.Lower is not null),
                comparison => Assert.InRange(comparison.Difference!.Value, comparison.Lower!.Value, comparison.Upper!.Value)
            );
        }
    }

    [Fact]
    public void Every_number_has_an_interval_above_width_zero_or_a_reason()
    {
        foreach (var accuracy in new[] { 0.0, 0.6, 1.0 })
        {
            var report = Report(5, 200, accuracy, seed: 1);
            Assert.All(
                report.Results,
                result =>
                    Assert.True(
                        result.ValueMissing != UndefinedReason.None
                            || (result.Lower is null ? result.IntervalMissing != UndefinedReason.None : result.Lower < result.Upper),
                        result.Definition.Name
                    )
            );
            Assert.All(
                report.Comparisons,
                comparison =>
                    Assert.True(
                        comparison.DifferenceMissing != UndefinedReason.None
                            || (
                                comparison.Lower is null
                                    ? comparison.IntervalMissing != UndefinedReason.None
                                    : comparison.Lower < comparison.Upper
                            ),
                        comparison.Definition.Name
                    )
            );
        }
    }

    /// <summary>
    /// The fault that this guards against: labels that a replicate did not draw counted as F1 0, and the interval lay below the estimate.
    /// </summary>
    [Fact]
    public void Macro_average_over_labels_of_two_samples_has_no_interval_and_says_why()
    {
        var results = Report(77, 150, accuracy: 0.77, seed: 3).Results;
        var macro = results.First(result => result.Definition.Name == "f1_macro");
        Assert.Equal((null, UndefinedReason.TooFewPerLabel), (macro.Lower, macro.IntervalMissing));
        Assert.All(
            results.Where(result => result.Definition.Name.StartsWith("recall[", StringComparison.Ordinal) && result.Value is not null),
            recall => Assert.Equal(UndefinedReason.TooFewSamples, recall.IntervalMissing)
        );
        Assert.NotNull(results.First(result => result.Definition.Name == "accuracy").Lower);
    }

    /// <summary>
    /// The exact numbers are those of the process that the samples are drawn from. 300 intervals of 95 %: fewer than 91 % or more than 99 %
    /// hold with a probability below 1 in 500.
    /// </summary>
    [Fact]
    public void Intervals_of_class_averages_hold_the_true_number_as_often_as_they_say()
    {
        int f1 = 0,
            recall = 0,
            difference = 0;
        const int Sets = 300;
        for (var seed = 0; seed < Sets; seed++)
        {
            var report = Report(10, 200, accuracy: 0.8, seed, replicates: 300);
            f1 += Holds(report.Results.First(result => result.Definition.Name == "f1_macro"));
            recall += Holds(report.Results.First(result => result.Definition.Name == "balanced_accuracy"));
            var comparison = report.Comparisons.First(comparison => comparison.Definition.Name == "f1_macro");
            difference += comparison.Lower <= 0 && comparison.Upper >= 0 ? 1 : 0;
        }

        Assert.All([f1, recall, difference], covered => Assert.InRange((double)covered / Sets, 0.91, 0.99));

        // Every label is recognised with 0.8 and claimed wrongly with 0.2 ÷ 9 by each of the nine others.
        static int Holds(MetricResult result) => result.Lower <= 0.8 && result.Upper >= 0.8 ? 1 : 0;
    }

    /// <summary>Two labels of three samples each out of three: the third is named and takes no part.</summary>
    [Fact]
    public void Labels_without_samples_are_named_and_left_out_of_macro_averages()
    {
        var metrics = MetricCatalog.Create(
            ClassificationTask.Instance,
            [new MetricSpec { Name = "f1" }],
            new MetricSettings { Labels = ["a", "b", "c"] }
        );
        var board = new Scoreboard(metrics, new IntervalSpec(), hasBaseline: false);
        for (var i = 0; i < 6; i++)
        {
            var label = i % 2 == 0 ? "a" : "b";
            board.Add((ulong)i, [], Scoreboard.Measure(metrics, new MetricSample { References = [label], Prediction = label }), []);
        }

        var report = board.Finish();
        Assert.Equal(["c"], report.Labels.WithoutSamples);
        Assert.Equal(1, report.Results.First(result => result.Definition.Name == "f1_macro").Value);
    }

    /// <summary>Nine labels are always recognised and one never is, so that each replicate is 0.9 but for rounding.</summary>
    [Fact]
    public void Replicates_that_differ_by_rounding_alone_give_no_interval_of_width_zero()
    {
        var report = Report(
            ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"],
            200,
            i => (i % 10, i % 10 == 9 ? 0 : i % 10),
            i => (i % 10, i % 10 == 9 ? 1 : i % 10),
            [new MetricSpec { Name = "balanced_accuracy" }]
        );
        var result = report.Results[0];
        Assert.Equal((0.9, IntervalMethod.RuleOfThree), (Math.Round(result.Value!.Value, 12), result.Interval));
        Assert.True(result.Upper - result.Lower > 0.01, "an interval with a width");
        var semantic = MetricCatalog.Create(GenerationTask.Instance, [Samples.Minimal("semantic_similarity")], new MetricSettings());
        var board = new Scoreboard(semantic, new IntervalSpec(), hasBaseline: true);
        for (var i = 0; i < 60; i++)
        {
            board.Add(Scoreboard.SampleKey($"{i}"), [], Similar(0.1), Similar(0.7));
        }

        var texts = board.Finish();
        Assert.Equal((IntervalMethod.RuleOfThree, IntervalMethod.RuleOfThree), (texts.Results[0].Interval, texts.Comparisons[0].Interval));

        long[] Similar(double score) =>
            Scoreboard.Measure(
                semantic,
                new MetricSample
                {
                    References = ["a"],
                    Grades = new Dictionary<string, Grade>
                    {
                        ["semantic_similarity"] = new() { Outcome = GradeOutcome.Graded, Score = score },
                    },
                }
            );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Too_few_replicates_give_no_interval(int replicates)
    {
        var report = Report(5, 200, 0.6, seed: 1, replicates: replicates);
        var number = report.Results.First(result => result.Definition.Name == "balanced_accuracy");
        Assert.Equal((null, UndefinedReason.TooFewReplicates), (number.Lower, number.IntervalMissing));
        var difference = report.Comparisons.First(comparison => comparison.Definition.Name == "balanced_accuracy");
        Assert.Equal((null, null, UndefinedReason.TooFewReplicates), (difference.Lower, difference.PValue, difference.IntervalMissing));
    }

    /// <summary>
    /// Both models are right on all 40 samples of the rare label: that says nothing of less than 1.96² ÷ (40 + 1.96²) of such samples.
    /// </summary>
    [Fact]
    public void Difference_of_a_rare_label_that_both_models_know_is_as_wide_as_its_own_samples_allow()
    {
        var report = Report(["often", "rare"], 2000, Answers(1), Answers(2), [new MetricSpec { Name = "f1" }]);
        var recall = report.Comparisons.First(comparison => comparison.Definition.Name == "recall[rare]");
        Assert.Equal((0, 1), (recall.Difference, recall.PValue));
        Assert.InRange(recall.Upper!.Value, 0.08, 0.1);

        // Of the frequent label every 50th is taken for the rare one by one model, another by the other.
        static Func<int, (int, int)> Answers(int wrong) => i => i % 50 == 0 ? (1, 1) : (0, i % 50 == wrong ? 1 : 0);
    }

    /// <summary>
    /// One error among the ten of the rare label moves the number by 0.05, while all samples' rule of three would leave 0.008.
    /// </summary>
    [Theory]
    [InlineData("cohen_kappa", "none")]
    [InlineData("cohen_kappa", "quadratic")]
    [InlineData("mcc", "")]
    public void Perfect_agreement_on_skewed_labels_is_as_uncertain_as_its_rare_label(string name, string weights)
    {
        var metric = weights is "" or "none" ? new MetricSpec { Name = name } : Samples.Spec(name, ("weights", weights));
        var number = Report(["often", "rare"], 1000, i => (i % 100 == 0 ? 1 : 0, i % 100 == 0 ? 1 : 0), i => (0, 0), [metric]).Results[0];
        Assert.Equal((1, IntervalMethod.RuleOfThree), (Math.Round(number.Value!.Value, 12), number.Interval));
        Assert.True(number.Lower < 0.75, $"{number.Lower}");
    }

    [Fact]
    public void F_beta_of_a_label_rests_on_the_labels_own_samples()
    {
        // 5 and 60 of 1,000 samples are of the rare labels, and all are recognised.
        var numbers = Report(["often", "rarer", "rarest"], 1000, Answer, Answer, [Samples.Spec("f1", ("beta", 2))]).Results;
        var rarest = numbers.First(result => result.Definition.Name == "f2[rarest]");
        Assert.Equal((1, null, UndefinedReason.TooFewPerLabel), (rarest.Value, rarest.Lower, rarest.IntervalMissing));
        Assert.True(numbers.First(result => result.Definition.Name == "f2[rarer]").Lower < 0.94);

        static (int, int) Answer(int i) =>
            i % 200 == 7 ? (2, 2)
            : i < 60 ? (1, 1)
            : (0, 0);
    }

    /// <summary>
    /// Each of the 120 positive samples outranks all of the 5,880 others; a 121st may do otherwise as often as chance lets 120 agree.
    /// </summary>
    [Fact]
    public void Perfect_ranking_is_as_uncertain_as_its_smaller_class()
    {
        var metrics = MetricCatalog.Create(
            ClassificationTask.Instance,
            [new MetricSpec { Name = "roc_auc" }],
            new MetricSettings { Labels = ["yes", "no"], PositiveLabel = "yes" }
        );
        var board = new Scoreboard(metrics, new IntervalSpec { Replicates = 50 }, hasBaseline: false);
        for (var i = 0; i < 6000; i++)
        {
            var label = i % 50 == 0 ? "yes" : "no";
            var yes = label == "yes" ? 0.9 : 0.2;
            var sample = new MetricSample
            {
                References = [label],
                Prediction = label,
                LabelProbabilities = new Dictionary<string, double> { ["yes"] = yes, ["no"] = 1 - yes },
            };
            board.Add(Scoreboard.SampleKey($"{i}"), [], Scoreboard.Measure(metrics, sample), []);
        }

        var area = board.Finish().Results[0];
        Assert.Equal((1, IntervalMethod.RuleOfThree), (area.Value, area.Interval));
        Assert.InRange(area.Lower!.Value, 0.96, 0.98);
    }

    private static MetricReport Report(
        string[] labels,
        int samples,
        Func<int, (int Actual, int Predicted)> candidate,
        Func<int, (int Actual, int Predicted)> baseline,
        IReadOnlyList<MetricSpec> specs
    )
    {
        var metrics = MetricCatalog.Create(ClassificationTask.Instance, specs, new MetricSettings { Labels = labels });
        var board = new Scoreboard(metrics, new IntervalSpec { Replicates = 200 }, hasBaseline: true);
        for (var i = 0; i < samples; i++)
        {
            board.Add(Scoreboard.SampleKey($"{i}"), [], Measure(candidate(i)), Measure(baseline(i)));
        }

        return board.Finish();

        long[] Measure((int Actual, int Predicted) answer) =>
            Scoreboard.Measure(metrics, new MetricSample { References = [labels[answer.Actual]], Prediction = labels[answer.Predicted] });
    }

    private static MetricReport Report(
        int labelCount,
        int samples,
        double accuracy,
        int seed,
        int answersPerSample = 1,
        int replicates = 200
    )
    {
        string[] labels = [.. Enumerable.Range(0, labelCount).Select(label => string.Create(CultureInfo.InvariantCulture, $"l{label}"))];
        var metrics = MetricCatalog.Create(
            ClassificationTask.Instance,
            [.. Names.Select(name => new MetricSpec { Name = name })],
            new MetricSettings { Labels = labels }
        );
        var board = new Scoreboard(
            metrics,
            new IntervalSpec { Replicates = replicates },
            hasBaseline: true,
            answersPerSample: answersPerSample
        );
        var random = new Random(seed);
        for (var i = 0; i < samples; i++)
        {
            var label = random.Next(labelCount);
            for (var answer = 0; answer < answersPerSample; answer++)
            {
                board.Add(Scoreboard.SampleKey($"{seed}", i), [], Answer(label), Answer(label));
            }
        }

        return board.Finish();

        long[] Answer(int label)
        {
            var isRight = random.NextDouble() < accuracy;
            var prediction = isRight ? label : (label + 1 + random.Next(labelCount - 1)) % labelCount;
            return Scoreboard.Measure(metrics, new MetricSample { References = [labels[label]], Prediction = labels[prediction] });
        }
    }
}
