using CsCheck;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Statistics;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Core.Tasks.LanguageModelling;
using FunctionsEval.Core.Tests.Metrics;

namespace FunctionsEval.Core.Tests.Scoring;

public sealed class ScoreboardTests
{
    private static readonly IntervalSpec Intervals = new() { Replicates = 200 };

    [Fact]
    public void Reports_of_any_split_merged_in_any_order_are_equal()
    {
        var metrics = MetricCatalog.Create(
            ClassificationTask.Instance,
            [],
            new MetricSettings { Labels = Samples.Labels, PositiveLabel = "yes" }
        );
        Gen.Select(Gen.Select(Samples.Classified, Samples.Classified, Gen.Int[0, 3], Gen.Int[0, 2]).Array[0, 30], Gen.Int[1, 5])
            .Sample(
                (rows, shards) =>
                {
                    var whole = new Scoreboard(metrics, Intervals, hasBaseline: true);
                    var parts = Enumerable.Range(0, shards).Select(_ => new Scoreboard(metrics, Intervals, hasBaseline: true)).ToList();
                    for (var i = 0; i < rows.Length; i++)
                    {
                        Add(whole, metrics, i, rows[i]);
                    }

                    for (var i = rows.Length - 1; i >= 0; i--)
                    {
                        Add(parts[(i * 7) % shards], metrics, i, rows[i]);
                    }

                    var merged = new Scoreboard(metrics, Intervals, hasBaseline: true);
                    parts.ForEach(merged.Merge);
                    AssertEqual(whole.Finish(), merged.Finish());
                },
                iter: 20
            );
    }

    [Fact]
    public void Finish_without_samples_gives_nulls_with_a_reason()
    {
        var board = new Scoreboard(
            MetricCatalog.Create(ClassificationTask.Instance, [], new MetricSettings { Labels = Samples.Labels }),
            Intervals,
            hasBaseline: true
        );
        var report = board.Finish();
        Assert.All(report.Results, result => Assert.Equal((null, UndefinedReason.NoSample), (result.Value, result.ValueMissing)));
        Assert.All(
            report.Comparisons,
            comparison => Assert.Equal((null, UndefinedReason.NoSample), (comparison.Difference, comparison.DifferenceMissing))
        );
    }

    [Fact]
    public void Finish_when_a_number_divides_by_zero_gives_null_with_a_reason()
    {
        var (board, metrics) = Create("cohen_kappa");
        board.Add(1, [], Scoreboard.Measure(metrics, Classified("yes", "yes")), []);
        var result = Assert.Single(board.Finish().Results);
        Assert.Equal((null, UndefinedReason.DivisionByZero, 1), (result.Value, result.ValueMissing, result.Samples));
    }

    [Fact]
    public void Finish_when_a_number_is_infinite_gives_null_with_a_reason()
    {
        var metrics = MetricCatalog.Create(LanguageModellingTask.Instance, [], new MetricSettings());
        var board = new Scoreboard(metrics, Intervals, hasBaseline: false);
        board.Add(
            1,
            [],
            Scoreboard.Measure(
                metrics,
                new MetricSample
                {
                    References = ["a"],
                    LogProbability = double.NegativeInfinity,
                    LogProbabilityTokens = 1,
                }
            ),
            []
        );
        Assert.All(board.Finish().Results, result => Assert.Equal((null, UndefinedReason.Infinite), (result.Value, result.ValueMissing)));
    }

    [Fact]
    public void A_proportion_has_wilsons_interval_and_its_difference_mcnemars_test_with_flips()
    {
        var (board, metrics) = Create("accuracy", hasBaseline: true);
        var right = Scoreboard.Measure(metrics, Classified("yes", "yes"));
        var wrong = Scoreboard.Measure(metrics, Classified("yes", "no"));
        for (var i = 0; i < 30; i++)
        {
            board.Add((ulong)i, [], i < 22 ? right : wrong, i is < 15 or >= 27 ? right : wrong);
        }

        board.Add(99, [], right, []);
        var report = board.Finish();
        var candidate = report.Results.Single(result => result.Role == ModelRole.Candidate);
        Assert.Equal(ProportionInterval.Wilson(23, 31, 0.95), (candidate.Lower!.Value, candidate.Upper!.Value));
        Assert.Equal((23.0 / 31, 31, IntervalMethod.Wilson), (candidate.Value!.Value, candidate.Samples, candidate.Interval));
        var comparison = Assert.Single(report.Comparisons);
        Assert.Equal((7, 3, 30), (comparison.Gained!.Value, comparison.Lost!.Value, comparison.Samples));
        Assert.Equal(McNemar.Exact(7, 3), comparison.PValue);
        Assert.Equal(22.0 / 30, comparison.Candidate);
        Assert.Equal(4.0 / 30, comparison.Difference!.Value, 1e-12);
        Assert.InRange(comparison.Difference!.Value, comparison.Lower!.Value, comparison.Upper!.Value);
    }

    /// <summary>
    /// Nothing that was seen says that the models differ, but what was not seen may: an interval of width 0 would be a claim about it.
    /// </summary>
    [Fact]
    public void The_difference_of_a_model_from_itself_is_zero_with_p_one_and_an_interval_that_is_no_point()
    {
        var metrics = MetricCatalog.Create(GenerationTask.Instance, [], new MetricSettings());
        var board = new Scoreboard(metrics, Intervals, hasBaseline: true);
        var samples = Samples.Texts.Array[40].Single();
        for (var i = 0; i < samples.Length; i++)
        {
            var statistics = Scoreboard.Measure(metrics, samples[i]);
            board.Add((ulong)i, [], statistics, statistics);
        }

        Assert.All(
            board.Finish().Comparisons.Where(comparison => comparison.Difference is not null),
            comparison =>
            {
                Assert.Equal((0, 1), (comparison.Difference!.Value, comparison.PValue!.Value));
                Assert.Equal(comparison.Upper!.Value, -comparison.Lower!.Value, 1e-12);
                Assert.InRange(comparison.Upper!.Value, 1e-9, 100);
            }
        );
    }

    [Fact]
    public void A_sample_that_only_one_model_was_measured_on_is_left_out_of_the_comparison()
    {
        var metrics = MetricCatalog.Create(LanguageModellingTask.Instance, [], new MetricSettings());
        var board = new Scoreboard(metrics, Intervals, hasBaseline: true);
        long[] Measure(double? logProbability) =>
            Scoreboard.Measure(
                metrics,
                new MetricSample
                {
                    References = ["a b"],
                    LogProbability = logProbability,
                    LogProbabilityTokens = 2,
                }
            );
        board.Add(1, [], Measure(-2), Measure(-4));
        board.Add(2, [], Measure(-10), Measure(null));
        var report = board.Finish();
        Assert.Equal(
            Math.Exp(3),
            report.Results.Single(result => result is { Role: ModelRole.Candidate, Definition.Name: "perplexity" }).Value!.Value,
            1e-9
        );
        var comparison = report.Comparisons.Single(comparison => comparison.Definition.Name == "perplexity");
        Assert.Equal(
            (Math.E, Math.E * Math.E, 1),
            (comparison.Candidate!.Value, comparison.Baseline!.Value, comparison.Samples),
            new Near()
        );
    }

    [Fact]
    public void Slices_count_their_own_samples_and_adjust_their_p_values_together()
    {
        var (board, metrics) = Create("accuracy", hasBaseline: true);
        for (var i = 0; i < 40; i++)
        {
            var isGerman = i % 2 == 0;
            board.Add(
                (ulong)i,
                [isGerman ? "language=de" : "language=en"],
                Scoreboard.Measure(metrics, Classified("yes", isGerman ? "yes" : "no")),
                Scoreboard.Measure(metrics, Classified("yes", i % 4 == 0 ? "yes" : "no"))
            );
        }

        var report = board.Finish();
        Assert.Equal([MetricReport.AllSamples, "language=de", "language=en"], report.Comparisons.Select(comparison => comparison.Slice));
        Assert.Equal(1, report.Results.First(result => result.Slice == "language=de").Value);
        Assert.Null(report.Comparisons[0].AdjustedPValue);
        Assert.Equal(2 * report.Comparisons[1].PValue, report.Comparisons[1].AdjustedPValue);
    }

    [Fact]
    public void More_slices_than_are_given_intervals_lose_them_whatever_the_order()
    {
        var metrics = MetricCatalog.Create(
            ClassificationTask.Instance,
            [new MetricSpec { Name = "mcc" }],
            new MetricSettings { Labels = Samples.Labels }
        );
        var board = new Scoreboard(metrics, Intervals, hasBaseline: false, maxSlicesWithIntervals: 2);
        foreach (var i in Enumerable.Range(0, 60))
        {
            board.Add(
                (ulong)i,
                [$"user={i % 3}"],
                Scoreboard.Measure(metrics, Classified(i % 5 == 0 ? "yes" : "no", i % 7 == 0 ? "yes" : "no")),
                []
            );
        }

        var results = board.Finish().Results;
        Assert.Equal(IntervalMethod.Bootstrap, results.Single(result => result.Slice == MetricReport.AllSamples).Interval);
        Assert.All(
            results.Where(result => result.Slice != MetricReport.AllSamples),
            result => Assert.Equal(UndefinedReason.TooManySlices, result.IntervalMissing)
        );
    }

    /// <summary>
    /// 6,001 sums of 2,000 labels in 1,000 replicates are 46 MiB a slice: 22 slices fit into a gibibyte, 11 where a baseline has as much
    /// again.
    /// </summary>
    [Theory]
    [InlineData(22, false, UndefinedReason.None)]
    [InlineData(23, false, UndefinedReason.TooManySlices)]
    [InlineData(12, true, UndefinedReason.TooManySlices)]
    public void Slices_whose_replicates_would_take_more_than_a_gibibyte_have_none(int slices, bool hasBaseline, UndefinedReason reason)
    {
        string[] labels = ["yes", "no", .. Enumerable.Range(2, 1_998).Select(label => $"label {label}")];
        var metrics = MetricCatalog.Create(
            ClassificationTask.Instance,
            [new MetricSpec { Name = "mcc" }],
            new MetricSettings { Labels = labels }
        );
        var board = new Scoreboard(metrics, Intervals with { Replicates = 1_000 }, hasBaseline);
        board.Add(0, [.. Enumerable.Range(0, slices).Select(slice => $"user={slice}")], [], []);
        foreach (var i in Enumerable.Range(0, 60))
        {
            board.Add(
                (ulong)i,
                ["user=0"],
                Scoreboard.Measure(metrics, Classified(i % 5 == 0 ? "yes" : "no", i % 7 == 0 ? "yes" : "no")),
                []
            );
        }

        Assert.Equal(
            reason,
            board.Finish().Results.Single(result => result.Slice == "user=0" && result.Role == ModelRole.Candidate).IntervalMissing
        );
    }

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(1_001, false)]
    public void Values_of_a_tag_beyond_a_thousand_are_no_slices_whatever_the_order(int values, bool areSlices)
    {
        var (forward, metrics) = Create("accuracy", hasBaseline: false);
        var (backward, _) = Create("accuracy", hasBaseline: false);
        var (other, _) = Create("accuracy", hasBaseline: false);
        var statistic = Scoreboard.Measure(metrics, Classified("yes", "yes"));
        for (var i = 0; i < values; i++)
        {
            forward.Add((ulong)i, [$"language={i % 3}", $"id={i}"], statistic, []);
            (i % 2 == 0 ? backward : other).Add((ulong)i, [$"id={i}", $"language={i % 3}"], statistic, []);
        }

        backward.Merge(other);
        foreach (var report in new[] { forward.Finish(), backward.Finish() })
        {
            Assert.Equal(areSlices ? values + 4 : 4, report.Results.Select(result => result.Slice).Distinct().Count());
            Assert.Equal(values, report.Results.First(result => result.Slice == MetricReport.AllSamples).Samples);
            Assert.Equal(
                areSlices ? 0 : 1,
                report.Warnings.Count(warning => warning.StartsWith("The tag 'id' has more than 1,000 values", StringComparison.Ordinal))
            );
        }

        Assert.Equal(forward.Finish().Results, backward.Finish().Results);
    }

    [Fact]
    public void Tables_come_by_role_and_slice()
    {
        var (board, metrics) = Create("confusion_matrix", hasBaseline: true);
        board.Add(1, ["a=b"], Scoreboard.Measure(metrics, Classified("yes", "no")), Scoreboard.Measure(metrics, Classified("yes", null)));
        var report = board.Finish();
        Assert.Equal(4, report.Tables.Count);
        Assert.Equal(
            [
                [0, 1, 0, 0],
                [0, 0, 0, 0],
                [0, 0, 0, 0],
            ],
            report.Tables[0].Table.Rows
        );
        Assert.Equal(
            [
                [0, 0, 0, 1],
                [0, 0, 0, 0],
                [0, 0, 0, 0],
            ],
            report.Tables[2].Table.Rows
        );
        Assert.Empty(report.Comparisons);
    }

    /// <summary>
    /// Oracle: Wilson's interval, since the mean is one of zeros and ones. Percentiles of 4,000 replicates move by some 0.0006 a side.
    /// </summary>
    [Fact]
    public void A_bootstrap_interval_of_a_mean_is_that_of_a_score_interval()
    {
        var metrics = MetricCatalog.Create(GenerationTask.Instance, [new MetricSpec { Name = "squad" }], new MetricSettings());
        var board = new Scoreboard(metrics, new IntervalSpec { Replicates = 4000 }, hasBaseline: false);
        for (var i = 0; i < 1000; i++)
        {
            board.Add(
                Scoreboard.SampleKey($"{i}"),
                [],
                Scoreboard.Measure(metrics, new MetricSample { References = ["x"], Prediction = i % 4 == 0 ? "x" : "y" }),
                []
            );
        }

        var f1 = board.Finish().Results.Single(result => result.Definition.Name == "squad_f1");
        var (lower, upper) = ProportionInterval.Wilson(250, 1000, 0.95);
        Assert.Equal(0.25, f1.Value);
        Assert.Equal(lower, f1.Lower!.Value, 0.003);
        Assert.Equal(upper, f1.Upper!.Value, 0.003);
    }

    [Fact]
    public void Add_of_a_statistic_of_the_wrong_length_refuses()
    {
        var (board, _) = Create("accuracy");
        Assert.Throws<ArgumentException>(() => board.Add(1, [], new long[3], []));
    }

    [Fact]
    public void Merge_of_scoreboards_with_other_metrics_refuses() =>
        Assert.Throws<ArgumentException>(() => Create("accuracy").Board.Merge(Create("mcc").Board));

    private static void Add(
        Scoreboard board,
        IReadOnlyList<Metric> metrics,
        int i,
        (MetricSample Candidate, MetricSample Baseline, int Scored, int Slice) row
    )
    {
        var baseline = row.Baseline with { References = row.Candidate.References };
        board.Add(
            Scoreboard.SampleKey($"{i}"),
            row.Slice == 0 ? [] : [$"slice={row.Slice}"],
            row.Scored == 1 ? [] : Scoreboard.Measure(metrics, row.Candidate),
            row.Scored == 2 ? [] : Scoreboard.Measure(metrics, baseline)
        );
    }

    private static (Scoreboard Board, IReadOnlyList<Metric> Metrics) Create(string name, bool hasBaseline = false)
    {
        var metrics = MetricCatalog.Create(
            ClassificationTask.Instance,
            [new MetricSpec { Name = name }],
            new MetricSettings { Labels = Samples.Labels }
        );
        return (new Scoreboard(metrics, Intervals, hasBaseline), metrics);
    }

    private static MetricSample Classified(string reference, string? prediction) =>
        new() { References = [reference], Prediction = prediction };

    private static void AssertEqual(MetricReport expected, MetricReport actual)
    {
        Assert.Equal(expected.Results, actual.Results);
        Assert.Equal(expected.Comparisons, actual.Comparisons);
        Assert.Equal(expected.Tables.SelectMany(scored => scored.Table.Rows), actual.Tables.SelectMany(scored => scored.Table.Rows));
    }

    private sealed class Near : IEqualityComparer<(double, double, long)>
    {
        public bool Equals((double, double, long) x, (double, double, long) y) =>
            Math.Abs(x.Item1 - y.Item1) < 1e-9 && Math.Abs(x.Item2 - y.Item2) < 1e-9 && x.Item3 == y.Item3;

        public int GetHashCode((double, double, long) obj) => obj.Item3.GetHashCode();
    }
}
