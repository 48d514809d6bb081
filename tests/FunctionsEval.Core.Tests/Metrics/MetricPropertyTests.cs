using CsCheck;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Core.Tests.Metrics;

public sealed class MetricPropertyTests
{
    [Fact]
    public void States_of_any_split_merged_in_any_order_have_the_same_bytes()
    {
        foreach (var metric in Samples.AllMetrics())
        {
            Gen.Select(Samples.For(metric).Array[1, 20], Gen.Int[1, 7], Gen.Int)
                .Sample(
                    (samples, shards, seed) =>
                    {
                        var whole = Bytes(Samples.Sum(metric, samples));
                        var states = samples
                            .GroupBy(sample => new Random(HashCode.Combine(seed, Array.IndexOf(samples, sample))).Next(shards))
                            .Select(shard => Samples.Sum(metric, shard.Reverse()))
                            .OrderBy(state => HashCode.Combine(seed, state.Sums.Length > 0 ? state.Sums[0] : 0))
                            .ToList();
                        var merged = metric.CreateState();
                        states.ForEach(merged.Merge);
                        Assert.Equal(whole, Bytes(merged));
                    },
                    iter: 40
                );
        }
    }

    [Fact]
    public void Read_of_a_written_state_restores_it()
    {
        foreach (var metric in Samples.AllMetrics())
        {
            Samples
                .For(metric)
                .Array[0, 10]
                .Sample(
                    samples =>
                    {
                        var bytes = Bytes(Samples.Sum(metric, samples));
                        var restored = metric.CreateState();
                        restored.Read(new BinaryReader(new MemoryStream(bytes)));
                        Assert.Equal(bytes, Bytes(restored));
                    },
                    iter: 20
                );
        }
    }

    [Fact]
    public void Read_of_another_metrics_state_refuses()
    {
        var bytes = Bytes(Samples.Create(GenerationTask.Instance, "wer").CreateState());
        var other = Samples.Create(GenerationTask.Instance, "cer").CreateState();
        Assert.Throws<InvalidDataException>(() => other.Read(new BinaryReader(new MemoryStream(bytes))));
    }

    [Fact]
    public void A_weight_counts_like_that_many_equal_samples()
    {
        foreach (var metric in Samples.AllMetrics())
        {
            Gen.Select(Samples.For(metric), Gen.Int[0, 5])
                .Sample(
                    (sample, weight) =>
                    {
                        var statistic = new long[metric.StatisticLength];
                        metric.Measure(sample, statistic);
                        var weighted = metric.CreateState();
                        weighted.Add(statistic, weight);
                        Assert.Equal(Bytes(Samples.Sum(metric, Enumerable.Repeat(sample, weight))), Bytes(weighted));
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
                "bleu" or "chrf" => (0, 100 + 1e-9),
                "cohen_kappa" or "mcc" => (-1 - 1e-12, 1 + 1e-12),
                "ter" or "wer" or "cer" or "perplexity" or "self_perplexity" or "log_loss" => (0, double.PositiveInfinity),
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
                        Samples.Sum(metric, [new MetricSample { References = [one], Prediction = other }]).Sums[0],
                        Samples.Sum(metric, [new MetricSample { References = [other], Prediction = one }]).Sums[0]
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

    private static byte[] Bytes(MetricState state)
    {
        var stream = new MemoryStream();
        state.Write(new BinaryWriter(stream));
        return stream.ToArray();
    }
}
