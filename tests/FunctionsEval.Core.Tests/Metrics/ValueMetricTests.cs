using System.Text.Json;
using CsCheck;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Parsing.Values;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.MultiLabel;
using FunctionsEval.Core.Tasks.Regression;

namespace FunctionsEval.Core.Tests.Metrics;

/// <summary>Metrics of sets of labels and of numbers. Oracles: counts by hand, symmetry, and the golden files.</summary>
public sealed class ValueMetricTests
{
    [Fact]
    public void An_answer_that_does_not_parse_is_wrong_in_every_decision()
    {
        MetricSample[] samples =
        [
            new() { References = ["""["yes"]"""], Prediction = """["yes"]""" },
            new() { References = ["[]"], Prediction = null },
        ];
        Assert.Equal(0.5, ValueOf(MultiLabelTask.Instance, "subset_accuracy", samples)["subset_accuracy"]);
        Assert.Equal(0.5, ValueOf(MultiLabelTask.Instance, "hamming_loss", samples)["hamming_loss"]);
        Assert.Equal(0.5, ValueOf(MultiLabelTask.Instance, "jaccard", samples, ("zero_division", 1))["jaccard_samples"]);
        Assert.Equal(0.5, ValueOf(MultiLabelTask.Instance, "multi_label_f1", samples, ("zero_division", 1))["f1_samples"]);
    }

    [Fact]
    public void Samples_without_a_fraction_are_left_out_on_request()
    {
        MetricSample[] samples =
        [
            new() { References = ["""["yes"]"""], Prediction = """["yes","no"]""" },
            new() { References = ["[]"], Prediction = "[]" },
        ];
        var values = ValueOf(MultiLabelTask.Instance, "multi_label_f1", samples, ("zero_division", "nan"));
        Assert.Equal((0.5, 1), (values["precision_samples"], values["recall_samples"]));
        Assert.Equal((1, 0, double.NaN), (values["f1[yes]"], values["f1[no]"], values["f1[may|be/ü]"]));
        Assert.Equal(0.5, values["f1_macro"]);
    }

    [Fact]
    public void F1_and_jaccard_are_symmetric_and_precision_is_the_others_recall() =>
        Samples
            .LabelSets.Where(sample => sample.Prediction is not null)
            .Array[1, 12]
            .Sample(samples =>
            {
                MetricSample[] swapped =
                [
                    .. samples.Select(sample => new MetricSample { References = [sample.Prediction!], Prediction = sample.References[0] }),
                ];
                var (forward, backward) = (
                    ValueOf(MultiLabelTask.Instance, "multi_label_f1", samples),
                    ValueOf(MultiLabelTask.Instance, "multi_label_f1", swapped)
                );
                Assert.Equal(forward["f1_micro"], backward["f1_micro"]);
                Assert.Equal(forward["f1_macro"], backward["f1_macro"]);
                Assert.Equal(forward["f1_samples"], backward["f1_samples"]);
                Assert.Equal(forward["precision_samples"], backward["recall_samples"]);
                Assert.Equal(
                    ValueOf(MultiLabelTask.Instance, "jaccard", samples)["jaccard_micro"],
                    ValueOf(MultiLabelTask.Instance, "jaccard", swapped)["jaccard_micro"]
                );
            });

    [Fact]
    public void Errors_are_over_parsed_answers_and_the_share_within_tolerance_over_all()
    {
        MetricSample[] samples = [Pair(10, 11), Pair(10, 14), new() { References = ["10"], Prediction = null }];
        var report = MetricScore.Report([Samples.Create(RegressionTask.Instance, "mae")], samples);
        Assert.Equal((2.5, 2), (report.Results[0].Value, report.Results[0].Samples));
        Assert.Equal(1.0 / 3, ValueOf(RegressionTask.Instance, "within_tolerance", samples, ("absolute", 1))["within_tolerance"]);
        Assert.Equal(2.0 / 3, ValueOf(RegressionTask.Instance, "within_tolerance", samples, ("relative", 0.4))["within_tolerance"]);
    }

    /// <summary>R² of numbers that the sums do not tell apart would be 1.</summary>
    [Theory]
    [InlineData("mae")]
    [InlineData("rmse")]
    [InlineData("r2")]
    [InlineData("pearson")]
    public void References_too_small_for_the_sums_are_warned_of(string name)
    {
        Assert.Contains(
            "1 references are closer to 0 than 1e-9",
            Assert.Single(WarningsOf(Pair(1e-20, 5e-20), Pair(1, 2))),
            StringComparison.Ordinal
        );
        Assert.Empty(WarningsOf(Pair(1e-9, 5e-20), Pair(0, 2)));

        IReadOnlyList<string> WarningsOf(params MetricSample[] samples) =>
            MetricScore.Report([Samples.Create(RegressionTask.Instance, name)], samples).Warnings;
    }

    /// <summary>Tolerances are decimal numbers: 1.1 − 1 is more than 0.1 in binary ones.</summary>
    [Theory]
    [InlineData("1", "1.1", 0.1, 0, true)]
    [InlineData("1", "1.01", 0.01, 0, true)]
    [InlineData("0.3", "0.33", 0, 0.1, true)]
    [InlineData("-100", "-110", 0, 0.1, true)]
    [InlineData("1", "1.1000000000000001", 0.1, 0, false)]
    [InlineData("1E-20", "2E-20", 0, 0.5, false)]
    [InlineData("1E-20", "1.5E-20", 0, 0.5, true)]
    [InlineData("1000000000000", "999999999999.9", 0.1, 0, true)]
    [InlineData("0", "1", 1.7e308, 1.7e308, true)]
    public void An_answer_at_the_edge_of_the_tolerance_is_within(
        string reference,
        string answer,
        double absolute,
        double relative,
        bool isWithin
    ) =>
        Assert.Equal(
            isWithin ? 1 : 0,
            ValueOf(
                RegressionTask.Instance,
                "within_tolerance",
                [new MetricSample { References = [reference], Prediction = answer }],
                ("absolute", absolute),
                ("relative", relative)
            )["within_tolerance"]
        );

    [Theory]
    [InlineData("pearson")]
    [InlineData("spearman")]
    [InlineData("kendall")]
    public void A_correlation_is_symmetric_and_changes_its_sign_with_one_side(string name) =>
        Pairs
            .Array[2, 30]
            .Sample(pairs =>
            {
                var forward = Correlate(name, pairs);
                Assert.Equal(forward, Correlate(name, pairs.Select(pair => (pair.Answer, pair.Reference))), 1e-12);
                Assert.Equal(-forward, Correlate(name, pairs.Select(pair => (pair.Reference, -pair.Answer))), 1e-12);
            });

    [Theory]
    [InlineData("spearman")]
    [InlineData("kendall")]
    public void A_rank_correlation_is_of_the_order_alone(string name) =>
        Pairs
            .Array[2, 30]
            .Sample(pairs =>
                Assert.Equal(Correlate(name, pairs), Correlate(name, pairs.Select(pair => (pair.Reference, Math.Pow(pair.Answer, 3)))))
            );

    /// <summary>The oracle weighs a sample by repeating it: a replicate counts each sample as often as its weight says.</summary>
    [Theory]
    [InlineData("spearman")]
    [InlineData("kendall")]
    public void A_replicate_is_the_number_of_samples_repeated_by_their_weights(string name)
    {
        var metric = Samples.Create(RegressionTask.Instance, name);
        Pairs
            .Array[5, 12]
            .Sample(
                pairs =>
                {
                    var ranked = KeptSamples.Create(metric.SampleRule!, 3);
                    foreach (var (key, pair) in pairs.Index())
                    {
                        ranked.Add((ulong)key, [], Scoreboard.Measure([metric], Pair(pair.Reference, pair.Answer)), []);
                    }

                    var number = ranked.Compute(ModelRole.Candidate, isShared: false, new HashSet<string> { MetricReport.AllSamples })[
                        MetricReport.AllSamples
                    ];
                    for (var replicate = 0; replicate < 3; replicate++)
                    {
                        var repeated = pairs
                            .Index()
                            .SelectMany(pair =>
                                Enumerable.Repeat(pair.Item, (int)Core.Statistics.BootstrapWeights.At((ulong)pair.Index, replicate))
                            );
                        Assert.Equal(Correlate(name, repeated), number.Replicates![0][replicate], 1e-9);
                    }
                },
                iter: 20
            );
    }

    [Fact]
    public void A_report_does_not_depend_on_the_order_of_the_samples_or_on_the_split() =>
        Gen.Select(Samples.Numbers.Array[2, 40], Gen.Int[1, 5], Gen.Int)
            .Sample(
                (samples, parts, seed) =>
                {
                    var metrics = MetricCatalog.Create(RegressionTask.Instance, [], new MetricSettings());
                    var whole = new Scoreboard(metrics, new IntervalSpec { Replicates = 50 }, hasBaseline: true);
                    var shards = Enumerable
                        .Range(0, parts)
                        .Select(_ => new Scoreboard(metrics, new IntervalSpec { Replicates = 50 }, hasBaseline: true))
                        .ToArray();
                    var random = new Random(seed);
                    foreach (var (key, sample) in samples.Index())
                    {
                        Add(whole, key, sample);
                    }

                    foreach (var (key, sample) in samples.Index().OrderBy(_ => random.Next()))
                    {
                        Add(shards[random.Next(parts)], key, sample);
                    }

                    foreach (var shard in shards[1..])
                    {
                        shards[0].Merge(shard);
                    }

                    Assert.Equal(Write(whole), Write(shards[0]));

                    void Add(Scoreboard scoreboard, int key, MetricSample sample)
                    {
                        var words = Scoreboard.Measure(metrics, sample);
                        scoreboard.Add((ulong)key, key % 2 == 0 ? ["half=1"] : [], words, words);
                    }
                },
                iter: 30
            );

    /// <summary>Each replicate is drawn alike, whether all of a sample's weights are drawn or one.</summary>
    [Fact]
    public void One_weight_is_that_of_all_weights() =>
        Gen.ULong.Sample(key =>
        {
            var weights = new ushort[50];
            Core.Statistics.BootstrapWeights.Fill(key, weights);
            Assert.Equal(weights, Enumerable.Range(0, weights.Length).Select(index => Core.Statistics.BootstrapWeights.At(key, index)));
        });

    [Fact]
    public void References_of_0_are_named_beside_mape() =>
        Assert.Contains(
            "1 references are 0",
            Assert.Single(MetricScore.Report([Samples.Create(RegressionTask.Instance, "mape")], [Pair(0, 1), Pair(1, 1)]).Warnings),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("mae", 102, UndefinedReason.None)]
    [InlineData("mae", 1e9, UndefinedReason.TooFewReplicates)]
    [InlineData("rmse", 1e9, UndefinedReason.TooFewReplicates)]
    [InlineData("mape", 102, UndefinedReason.NoMethodCovers)]
    public void Numbers_that_a_few_samples_decide_have_no_interval(string name, double first, UndefinedReason missing)
    {
        Metric[] metrics = [Samples.Create(RegressionTask.Instance, name)];
        var scoreboard = new Scoreboard(metrics, new IntervalSpec(), hasBaseline: false);
        for (var sample = 0; sample < 200; sample++)
        {
            var pair = sample == 0 ? Pair(100, first) : Pair(100 + sample, 101 + sample + (sample % 3));
            scoreboard.Add((ulong)sample, [], Scoreboard.Measure(metrics, pair), []);
        }

        var number = Assert.Single(scoreboard.Finish().Results);
        Assert.NotNull(number.Value);
        Assert.Equal((missing, missing == UndefinedReason.None), (number.IntervalMissing, number.Lower is not null));
    }

    [Fact]
    public void Labels_without_samples_are_named_beside_macro_averages() =>
        Assert.Contains(
            "2 of 3 labels",
            Assert.Single(
                MetricScore
                    .Report(
                        [Samples.Create(MultiLabelTask.Instance, "multi_label_f1"), Samples.Create(MultiLabelTask.Instance, "jaccard")],
                        [new MetricSample { References = ["""["yes"]"""], Prediction = "[]" }]
                    )
                    .Warnings
            ),
            StringComparison.Ordinal
        );

    private static readonly JsonSerializerOptions WithInfinity = new()
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private static readonly Gen<(double Reference, double Answer)> Pairs = Gen.Select(
        Gen.OneOf(Gen.Int[-3, 3].Select(number => (double)number), Gen.Double[-1e3, 1e3]),
        Gen.OneOf(Gen.Int[-3, 3].Select(number => (double)number), Gen.Double[-1e3, 1e3])
    );

    private static string Write(Scoreboard scoreboard)
    {
        var report = scoreboard.Finish();
        return JsonSerializer.Serialize(new { report.Results, report.Comparisons }, WithInfinity);
    }

    private static double Correlate(string name, IEnumerable<(double Reference, double Answer)> pairs) =>
        ValueOf(RegressionTask.Instance, name, [.. pairs.Select(pair => Pair(pair.Reference, pair.Answer))])[name];

    private static MetricSample Pair(double reference, double answer) =>
        new() { References = [CanonicalNumber.Write(reference)], Prediction = CanonicalNumber.Write(answer) };

    private static Dictionary<string, double> ValueOf(
        Core.Tasks.TaskDefinition task,
        string name,
        MetricSample[] samples,
        params (string Name, object Value)[] options
    ) => MetricScore.Values(Samples.Create(task, name, options), samples);
}
