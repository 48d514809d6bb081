using CsCheck;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Statistics;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Core.Tests.Metrics;

public sealed class MetricPropertyTests
{
    [Fact]
    public void Sums_of_any_split_merged_in_any_order_are_equal()
    {
        foreach (var metric in Samples.AllMetrics())
        {
            Gen.Select(Samples.For(metric).Array[1, 20], Gen.Int[1, 7], Gen.Int)
                .Sample(
                    (samples, shards, seed) =>
                    {
                        var merged = MetricScore.SumsOf(metric, []);
                        foreach (
                            var shard in samples
                                .GroupBy(sample => new Random(HashCode.Combine(seed, Array.IndexOf(samples, sample))).Next(shards))
                                .OrderBy(shard => HashCode.Combine(seed, shard.Key))
                        )
                        {
                            merged.Merge(MetricScore.SumsOf(metric, shard.Reverse()));
                        }

                        Assert.Equal(MetricScore.Sums(metric, samples), merged.SumsOf(ModelRole.Candidate).Totals);
                    },
                    iter: 40
                );
        }
    }

    [Fact]
    public void A_weight_in_a_replicate_counts_like_that_many_equal_samples()
    {
        const int Replicates = 3;
        foreach (var metric in Samples.AllMetrics().Where(metric => metric.HasIntervals))
        {
            Samples
                .For(metric)
                .Sample(
                    sample =>
                    {
                        var columns = MetricScore.SumsOf(metric, [sample], Replicates).SumsOf(ModelRole.Candidate).Replicates.ToArray();
                        for (var replicate = 0; replicate < Replicates; replicate++)
                        {
                            Assert.Equal(
                                MetricScore.Sums(metric, Enumerable.Repeat(sample, BootstrapWeights.At(0, replicate))),
                                Enumerable.Range(0, metric.SumLength).Select(word => columns[(word * Replicates) + replicate])
                            );
                        }
                    },
                    iter: 20
                );
        }
    }

    [Fact]
    public void Values_stay_in_their_bounds()
    {
        foreach (var metric in Samples.AllMetrics())
        {
            var (lowest, highest) = metric.Name switch
            {
                "pairwise" => (-1, 1 + 1e-12),
                "preference_likelihood" => (double.NegativeInfinity, double.PositiveInfinity),
                "multiple_choice" => (0, 2 + 1e-12),
                "bleu" or "chrf" => (0, 100 + 1e-9),
                "cohen_kappa" or "mcc" or "pearson" or "spearman" or "kendall" => (-1 - 1e-12, 1 + 1e-12),
                "ter" or "wer" or "cer" or "perplexity" or "self_perplexity" or "log_loss" or "mae" or "rmse" or "mape" => (
                    0,
                    double.PositiveInfinity
                ),
                "r2" => (double.NegativeInfinity, 1),
                _ => (0, 1 + 1e-12),
            };
            Samples
                .For(metric)
                .Array[1, 20]
                .Sample(
                    samples =>
                        Assert.All(
                            Samples.Values(metric, samples).Values.Where(value => !double.IsNaN(value)),
                            value => Assert.InRange(value, lowest, highest)
                        ),
                    iter: 40
                );
        }
    }

    [Theory]
    [InlineData("exact_match", 1)]
    [InlineData("bleu", 100)]
    [InlineData("chrf", 100)]
    [InlineData("ter", 0)]
    [InlineData("rouge", 1)]
    [InlineData("squad", 1)]
    [InlineData("wer", 0)]
    [InlineData("cer", 0)]
    public void An_answer_equal_to_its_reference_is_perfect(string name, double perfect)
    {
        var metric = Samples.Create(GenerationTask.Instance, name);
        Gen.OneOf("one", "two", "three", "four", "five")
            .Array[4, 9]
            .Select(words => string.Join(' ', words))
            .Sample(
                text =>
                    Assert.All(
                        Samples.Values(metric, new MetricSample { References = ["zzz", text], Prediction = text }).Values,
                        value => Assert.Equal(perfect, value, 1e-9)
                    ),
                iter: 50
            );
    }

    [Theory]
    [InlineData("wer")]
    [InlineData("cer")]
    public void Edits_are_symmetric(string name)
    {
        var metric = Samples.Create(GenerationTask.Instance, name);
        Gen.Select(Samples.Texts, Samples.Texts)
            .Sample(
                (first, second) =>
                {
                    var (one, other) = (first.References[0], second.References[0]);
                    Assert.Equal(
                        MetricScore.Sums(metric, [new MetricSample { References = [one], Prediction = other }])[0],
                        MetricScore.Sums(metric, [new MetricSample { References = [other], Prediction = one }])[0]
                    );
                }
            );
    }

    [Fact]
    public void Rouge_precision_and_recall_swap_with_the_texts()
    {
        var metric = Samples.Create(GenerationTask.Instance, "rouge", ("rouge_types", new[] { "rouge1", "rouge2", "rougeL" }));
        Gen.Select(Samples.Texts, Samples.Texts)
            .Sample(
                (first, second) =>
                {
                    var (one, other) = (first.References[0], second.References[0]);
                    var forward = Samples.Values(metric, new MetricSample { References = [one], Prediction = other });
                    var backward = Samples.Values(metric, new MetricSample { References = [other], Prediction = one });
                    Assert.Equal(forward["rougeL_precision"], backward["rougeL_recall"]);
                    Assert.Equal(forward["rouge2"], backward["rouge2"]);
                }
            );
    }
}
