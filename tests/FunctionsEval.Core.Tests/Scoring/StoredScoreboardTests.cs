using System.Text.Json;
using System.Text.Json.Serialization;
using CsCheck;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Core.Tasks.Regression;
using FunctionsEval.Core.Tests.Metrics;

namespace FunctionsEval.Core.Tests.Scoring;

/// <summary>A scoreboard that was stored counts as the one that was added to.</summary>
public sealed class StoredScoreboardTests
{
    private static readonly IntervalSpec Intervals = new() { Replicates = 60 };
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };
    private static readonly string[] Kept = ["classification", "regression", "repeats"];

    /// <summary>The metrics of a task: sums alone, and samples that are kept in each of the three ways.</summary>
    private static IReadOnlyList<Metric> MetricsOf(string kind) =>
        kind switch
        {
            "classification" => MetricCatalog.Create(
                ClassificationTask.Instance,
                [
                    Samples.Spec("accuracy"),
                    Samples.Spec("f1"),
                    Samples.Spec("confusion_matrix"),
                    Samples.Spec("roc_auc"),
                    Samples.Spec("average_precision"),
                    Samples.Spec("brier"),
                ],
                new MetricSettings { Labels = Samples.Labels }
            ),
            "regression" => MetricCatalog.Create(
                RegressionTask.Instance,
                [Samples.Spec("mae"), Samples.Spec("r2"), Samples.Spec("spearman"), Samples.Spec("kendall")],
                new MetricSettings()
            ),
            "repeats" => MetricCatalog.Create(
                GenerationTask.Instance,
                [Samples.Spec("exact_match"), Samples.Spec("pass_at_k", ("k", new[] { 1, 2 }))],
                new MetricSettings { Repeats = 2 }
            ),
            _ => MetricCatalog.Create(
                GenerationTask.Instance,
                [Samples.Spec("exact_match"), Samples.Spec("bleu"), Samples.Spec("rouge")],
                new MetricSettings()
            ),
        };

    private static MetricSample SampleOf(string kind, Random random) =>
        kind switch
        {
            "classification" => new MetricSample
            {
                References = [Samples.Labels[random.Next(Samples.Labels.Length)]],
                Prediction = random.Next(4) == 0 ? null : Samples.Labels[random.Next(Samples.Labels.Length)],
                LabelProbabilities = random.Next(4) == 0 ? null : Shares(random),
            },
            "regression" => new MetricSample
            {
                References = [$"{random.Next(9)}"],
                Prediction = random.Next(4) == 0 ? null : $"{random.Next(9)}.5",
            },
            _ => new MetricSample { References = [Text(random)], Prediction = random.Next(4) == 0 ? null : Text(random) },
        };

    private static Dictionary<string, double> Shares(Random random)
    {
        var shares = Samples.Labels.Select(_ => random.NextDouble()).ToArray();
        return Samples.Labels.Zip(shares).ToDictionary(pair => pair.First, pair => pair.Second / shares.Sum(), StringComparer.Ordinal);
    }

    private static string Text(Random random) =>
        string.Join(' ', Enumerable.Range(0, random.Next(1, 9)).Select(_ => (string[])["a", "b", "c", "d"]).Select(x => x[random.Next(4)]));

    [Theory]
    [InlineData("classification")]
    [InlineData("regression")]
    [InlineData("repeats")]
    [InlineData("generation")]
    public void Stored_parts_merged_in_any_order_give_the_report_of_all_samples(string kind)
    {
        var metrics = MetricsOf(kind);
        Gen.Select(Gen.Int[0, 60], Gen.Int[1, 6], Gen.Int[1, 8], Gen.Int[0, int.MaxValue])
            .Sample(
                (samples, shards, maxSlices, seed) =>
                {
                    var random = new Random(seed);
                    var whole = Create(metrics, maxSlices);
                    var parts = Enumerable.Range(0, shards).Select(_ => Create(metrics, maxSlices)).ToArray();
                    for (var sample = 0; sample < samples; sample++)
                    {
                        var candidate = random.Next(5) == 0 ? [] : Scoreboard.Measure(metrics, SampleOf(kind, random));
                        var baseline = random.Next(5) == 0 ? [] : Scoreboard.Measure(metrics, SampleOf(kind, random));
                        string[] slices = [.. SlicesOf(random)];
                        var (key, turns) = ((ulong)random.Next(40) * 0x9E3779B97F4A7C15, random.Next(4));
                        whole.Add(key, slices, candidate, baseline, turns);
                        parts[random.Next(shards)].Add(key, slices, candidate, baseline, turns);
                    }

                    random.Shuffle(parts);
                    var (merged, added) = (Create(metrics, maxSlices), Create(metrics, maxSlices));
                    foreach (var part in parts)
                    {
                        using var stored = new MemoryStream(Store(part));
                        merged.Merge(Read(stored, Create(metrics, maxSlices)));
                        stored.Position = 0;
                        added.Merge(stored);
                    }

                    var expected = Text(whole.Finish());
                    Assert.Equal(expected, Text(merged.Finish()));
                    Assert.Equal(expected, Text(added.Finish()));
                    if (!Kept.Contains(kind))
                    {
                        Assert.Equal(Store(whole), Store(merged));
                        Assert.Equal(Store(whole), Store(added));
                    }
                },
                iter: 40
            );
    }

    [Fact]
    public void Any_changed_byte_and_any_cut_is_refused_and_adds_nothing()
    {
        var metrics = MetricsOf("regression");
        var board = Filled("regression", metrics, samples: 30);
        var stored = Store(board);
        var into = Filled("regression", metrics, samples: 5);
        var before = Store(into);
        for (var place = 0; place < stored.Length; place += 7)
        {
            var changed = stored.ToArray();
            changed[place] ^= 0x10;
            Assert.Throws<InvalidDataException>(() => into.Merge(new MemoryStream(changed)));
            Assert.Throws<InvalidDataException>(() => into.Merge(new MemoryStream(stored[..place])));
            Assert.Throws<InvalidDataException>(() => Read(new MemoryStream(stored[..place]), metrics));
        }

        Assert.Equal(before, Store(into));
    }

    [Fact]
    public void A_scoreboard_of_other_metrics_replicates_slices_or_baseline_is_refused()
    {
        var metrics = MetricsOf("generation");
        var stored = Store(Filled("generation", metrics, samples: 3));
        Assert.Throws<InvalidDataException>(() => Read(new MemoryStream(stored), MetricsOf("regression")));
        Assert.Throws<InvalidDataException>(() =>
            Read(new MemoryStream(stored), new Scoreboard(metrics, Intervals with { Replicates = 61 }, hasBaseline: true))
        );
        Assert.Throws<InvalidDataException>(() => Read(new MemoryStream(stored), new Scoreboard(metrics, Intervals, hasBaseline: false)));
        Assert.Throws<InvalidDataException>(() => Read(new MemoryStream(stored), Create(metrics, maxSlices: 49)));
        Assert.Throws<InvalidDataException>(() => Read(new MemoryStream("{}, and what comes behind it"u8.ToArray()), metrics));
    }

    [Fact]
    public void Two_scoreboards_can_follow_each_other_in_a_stream()
    {
        var metrics = MetricsOf("generation");
        var (first, second) = (Filled("generation", metrics, samples: 3), Filled("generation", metrics, samples: 9));
        using var stream = new MemoryStream([.. Store(first), .. Store(second)]);
        Assert.Equal(Store(first), Store(Read(stream, metrics)));
        Assert.Equal(Store(second), Store(Read(stream, metrics)));
        Assert.Equal(stream.Length, stream.Position);
    }

    [Fact]
    public void Replicates_take_about_two_bytes_each()
    {
        IReadOnlyList<Metric> metrics = [.. MetricsOf("classification").Take(2)];
        var board = new Scoreboard(metrics, new IntervalSpec(), hasBaseline: false);
        var random = new Random(1);
        for (ulong key = 0; key < 3_000; key++)
        {
            board.Add(key, [], Scoreboard.Measure(metrics, SampleOf("classification", random)), []);
        }

        var sums = metrics.Sum(metric => metric.SumLength);
        Assert.InRange(Store(board).Length, 1, (2 * 1_000 * sums) + 1_000);
    }

    private static IEnumerable<string> SlicesOf(Random random)
    {
        if (random.Next(3) > 0)
        {
            yield return $"language={random.Next(4)}";
        }

        if (random.Next(3) > 0)
        {
            yield return $"turn={random.Next(1, 3)}";
        }

        if (random.Next(3) > 0)
        {
            yield return $"repeat={random.Next(1, 3)}";
        }
    }

    private static Scoreboard Create(IReadOnlyList<Metric> metrics, int maxSlices) => new(metrics, Intervals, hasBaseline: true, maxSlices);

    private static Scoreboard Read(Stream stored, IReadOnlyList<Metric> metrics) =>
        Read(stored, new Scoreboard(metrics, Intervals, hasBaseline: true));

    private static Scoreboard Read(Stream stored, Scoreboard into)
    {
        into.Merge(stored);
        return into;
    }

    private static Scoreboard Filled(string kind, IReadOnlyList<Metric> metrics, int samples)
    {
        var board = new Scoreboard(metrics, Intervals, hasBaseline: true);
        var random = new Random(samples);
        for (var sample = 0; sample < samples; sample++)
        {
            board.Add(
                (ulong)sample,
                [.. SlicesOf(random)],
                Scoreboard.Measure(metrics, SampleOf(kind, random)),
                Scoreboard.Measure(metrics, SampleOf(kind, random))
            );
        }

        return board;
    }

    private static string Text(MetricReport report) => JsonSerializer.Serialize(report, Json);

    private static byte[] Store(Scoreboard board)
    {
        using var stream = new MemoryStream();
        board.Write(stream);
        return stream.ToArray();
    }
}
