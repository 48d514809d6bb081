using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Core.Tasks.LanguageModelling;
using FunctionsEval.Core.Tasks.MultiLabel;
using FunctionsEval.Core.Tests.Metrics;

namespace FunctionsEval.Core.Tests.Scoring;

/// <summary>A sample's own numbers are those of a dataset that has this sample alone.</summary>
public sealed class SampleScorerTests
{
    [Fact]
    public void Numbers_of_a_text_are_the_reports_of_it_alone()
    {
        var metrics = Create(GenerationTask.Instance, "bleu", "chrf", "rouge", "ter", "exact_match", "cer");
        var scorer = new SampleScorer(metrics);
        foreach (
            var (prediction, reference) in new[]
            {
                ("The cat sat on the mat today.", "The cat sat on a mat today."),
                ("the same words here", "the same words here"),
                ("nothing", "in common at all"),
                ("", "empty answer"),
            }
        )
        {
            var sample = new MetricSample { References = [reference], Prediction = prediction };
            var expected = ReportOf(metrics, sample);
            var scores = Score(scorer, metrics, sample);

            Assert.Equal(scorer.Numbers.Select(number => expected[number.Name]), scores);
        }

        Assert.Contains("bleu", scorer.Numbers.Select(number => number.Name));
        Assert.Contains(scorer.Numbers, number => number is { Name: "ter", HigherIsBetter: false });
    }

    [Fact]
    public void What_is_right_is_kept_behind_however_many_numbers()
    {
        var metrics = Enumerable
            .Range(0, SampleScorer.MaxNumbers)
            .SelectMany(_ => Create(GenerationTask.Instance, "chrf"))
            .Concat(Create(GenerationTask.Instance, "exact_match"))
            .ToList();
        var scorer = new SampleScorer(metrics);
        var sample = new MetricSample { References = ["the same"], Prediction = "the same" };

        var scores = Score(scorer, metrics, sample);

        Assert.Equal(SampleScorer.MaxNumbers, scorer.Numbers.Count);
        Assert.True(scorer.FindRight(scores));
        Assert.Equal("exact_match", scorer.Numbers[^1].Name);
    }

    [Fact]
    public void Perplexity_of_one_text_is_its_own()
    {
        var metrics = Create(LanguageModellingTask.Instance, "perplexity");
        var scorer = new SampleScorer(metrics);
        var sample = new MetricSample
        {
            References = ["four words are here"],
            ScoredText = "four words are here",
            LogProbability = -6,
            LogProbabilityTokens = 3,
        };

        var scores = Score(scorer, metrics, sample);

        Assert.Equal(Math.Exp(2), scores[scorer.Numbers.Select(number => number.Name).ToList().IndexOf("perplexity")], 9);
    }

    [Fact]
    public void Numbers_of_classes_and_correlations_have_no_value_for_one_sample()
    {
        var classes = new SampleScorer(
            MetricCatalog.Create(
                ClassificationTask.Instance,
                [
                    Samples.Spec("accuracy"),
                    Samples.Spec("f1"),
                    Samples.Spec("mcc"),
                    Samples.Spec("confusion_matrix"),
                    Samples.Spec("unparsable_rate"),
                ],
                new MetricSettings { Labels = Samples.Labels }
            )
        );
        var sets = new SampleScorer(
            MetricCatalog.Create(
                MultiLabelTask.Instance,
                [Samples.Spec("multi_label_f1"), Samples.Spec("subset_accuracy")],
                new MetricSettings { Labels = Samples.Labels }
            )
        );

        Assert.Equal(["accuracy", "unparsable_rate", "lenient_unparsable_rate"], classes.Numbers.Select(number => number.Name));
        Assert.Equal(["f1_samples", "precision_samples", "recall_samples", "subset_accuracy"], sets.Numbers.Select(number => number.Name));
    }

    [Fact]
    public void Answer_is_right_by_the_metric_that_counts_right_ones()
    {
        var metrics = Create(GenerationTask.Instance, "bleu", "exact_match");
        var scorer = new SampleScorer(metrics);
        var none = new SampleScorer(Create(GenerationTask.Instance, "bleu"));

        Assert.True(scorer.FindRight(Score(scorer, metrics, new MetricSample { References = ["a b"], Prediction = "a b" })));
        Assert.False(scorer.FindRight(Score(scorer, metrics, new MetricSample { References = ["a b"], Prediction = "a c" })));
        Assert.Null(scorer.FindRight([double.NaN, double.NaN]));
        Assert.Null(none.FindRight([1]));
    }

    [Fact]
    public void Answer_that_does_not_count_has_no_number()
    {
        var scorer = new SampleScorer(Create(GenerationTask.Instance, "bleu", "exact_match"));
        var scores = new double[scorer.Numbers.Count];

        scorer.Score([], scores);

        Assert.All(scores, score => Assert.True(double.IsNaN(score)));
    }

    [Fact]
    public void Threads_that_share_a_scorer_do_not_mix_their_samples()
    {
        var metrics = Create(GenerationTask.Instance, "bleu", "exact_match");
        var scorer = new SampleScorer(metrics);
        MetricSample[] samples =
        [
            new() { References = ["the cat sat on the mat"], Prediction = "the cat sat on the mat" },
            new() { References = ["the cat sat on the mat"], Prediction = "a dog sat on the mat" },
            new() { References = ["the cat sat on the mat"], Prediction = null },
        ];
        var statistics = samples.Select(sample => Scoreboard.Measure(metrics, sample)).ToList();
        var expected = samples.Select(sample => Score(scorer, metrics, sample)).ToList();

        Parallel.For(
            0,
            30_000,
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            call =>
            {
                var scores = new double[scorer.Numbers.Count];
                scorer.Score(statistics[call % samples.Length], scores);
                Assert.Equal(expected[call % samples.Length], scores);
            }
        );
    }

    private static IReadOnlyList<Metric> Create(TaskDefinition task, params string[] names) =>
        MetricCatalog.Create(task, [.. names.Select(name => Samples.Spec(name))], new MetricSettings());

    private static double[] Score(SampleScorer scorer, IReadOnlyList<Metric> metrics, MetricSample sample)
    {
        var scores = new double[scorer.Numbers.Count];
        scorer.Score(Scoreboard.Measure(metrics, sample), scores);
        return scores;
    }

    private static Dictionary<string, double> ReportOf(IReadOnlyList<Metric> metrics, MetricSample sample)
    {
        var scoreboard = new Scoreboard(metrics, new IntervalSpec { Replicates = 0 }, hasBaseline: false);
        scoreboard.Add(1, [], Scoreboard.Measure(metrics, sample), []);
        return scoreboard.Finish().Results.ToDictionary(number => number.Definition.Name, number => number.Value ?? double.NaN);
    }
}
