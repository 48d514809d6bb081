using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Tests.Results;

public sealed class CandidatesComparisonTests
{
    private static readonly BetterThanBaselineRule Better = new() { Metric = "accuracy", BetterThanBaselineAtAlpha = 0.05 };

    [Fact]
    public void One_candidate_has_its_own_intervals_p_values_and_verdict()
    {
        var spec = SimulatedCandidates.Labels(Better);
        var rows = SimulatedCandidates.AnswerLabels(spec, 400, 1, 0.7, 0.78);
        var own = SimulatedCandidates.Summarize(spec, "a", Column(rows, 1), Column(rows, 0), out _);

        var summary = SimulatedCandidates.Compare(spec, rows, "a");

        foreach (var line in own.Metrics.Where(line => line is { Role: Roles.Candidate, Slice: "all" }))
        {
            var among = Assert.Single(Find(summary, line.Name).Candidates);
            Assert.Equal(
                (
                    line.Value,
                    line.Difference,
                    line.DifferenceLower,
                    line.DifferenceUpper,
                    line.NoDifferenceInterval,
                    line.PValue,
                    line.PValue
                ),
                (
                    among.Value,
                    among.Difference,
                    among.DifferenceLower,
                    among.DifferenceUpper,
                    among.NoDifferenceInterval,
                    among.PValue,
                    among.AdjustedPValue
                )
            );
            Assert.Null(among.MayBeBest);
            Assert.NotNull(among.NoBest);
        }

        Assert.Equal(own.Verdict!.Rules, Assert.Single(summary.Candidates).Verdict!.Rules);
        Assert.Equal(own.Verdict.Result, summary.Verdict!.Result);
    }

    [Fact]
    public void Among_several_no_interval_is_narrower_than_alone_and_each_holds_its_difference_within_the_range_of_differences()
    {
        var spec = SimulatedCandidates.Labels();
        var rows = SimulatedCandidates.AnswerLabels(spec, 300, 2, 0.75, 0.75, 0.8, 0.3, 0.99);
        var summary = SimulatedCandidates.Compare(spec, rows, "a", "b", "c", "d");
        for (var candidate = 0; candidate < 4; candidate++)
        {
            var own = SimulatedCandidates.Summarize(spec, "own", Column(rows, candidate + 1), Column(rows, 0), out _);
            foreach (var line in own.Metrics.Where(line => line is { Role: Roles.Candidate, Slice: "all" }))
            {
                var among = Find(summary, line.Name).Candidates[candidate];
                Assert.Equal(line.DifferenceLower is null, among.DifferenceLower is null);
                Assert.Equal(line.NoDifferenceInterval, among.NoDifferenceInterval);
                if (among.DifferenceLower is { } lower && among.DifferenceUpper is { } upper)
                {
                    Assert.InRange(line.DifferenceLower!.Value, lower, upper);
                    Assert.InRange(line.DifferenceUpper!.Value, lower, upper);
                    Assert.InRange(among.Difference!.Value, lower, upper);
                    Assert.True(upper - lower > line.DifferenceUpper.Value - line.DifferenceLower.Value, line.Name);
                    Assert.True(lower >= -1 && upper <= 1);
                }

                Assert.Equal(line.PValue is null, among.AdjustedPValue is null);
                Assert.True(!(among.AdjustedPValue < line.PValue));
            }
        }
    }

    [Fact]
    public void P_values_are_corrected_by_Holm_over_all_candidates_that_were_tried()
    {
        var spec = SimulatedCandidates.Labels();
        var rows = SimulatedCandidates.AnswerLabels(spec, 400, 3, 0.75, 0.79, 0.70);
        var baseline = Column(rows, 0);
        var summary = CandidatesComparison.Create(
            spec,
            [
                SimulatedCandidates.Run(spec, "a", Column(rows, 1), baseline, 3),
                CandidateRun.NotCompleted("b", "ev-b", RunStatus.Failed),
                SimulatedCandidates.Run(spec, "c", Column(rows, 2), baseline, 3),
            ]
        );

        var candidates = Find(summary, "accuracy").Candidates;
        var (first, second) = (candidates[0].PValue!.Value, candidates[1].PValue!.Value);
        Assert.Equal(["a", "c"], candidates.Select(candidate => candidate.Model));
        Assert.Equal(
            first <= second
                ? [Math.Min(1, 3 * first), Math.Max(Math.Min(1, 3 * first), Math.Min(1, 2 * second))]
                : [Math.Max(Math.Min(1, 3 * second), Math.Min(1, 2 * first)), Math.Min(1, 3 * second)],
            candidates.Select(candidate => candidate.AdjustedPValue!.Value)
        );
    }

    [Fact]
    public void The_order_of_candidates_does_not_matter()
    {
        var spec = SimulatedCandidates.Labels(Better);
        var rows = SimulatedCandidates.AnswerLabels(spec, 300, 4, 0.75, 0.85, 0.8, 0.7);
        long[][][] turned = [.. rows.Select(row => new[] { row[0], row[3], row[1], row[2] })];

        var summary = SimulatedCandidates.Compare(spec, rows, "a", "b", "c");
        var other = SimulatedCandidates.Compare(spec, turned, "c", "a", "b");

        foreach (var (number, index) in summary.Numbers.Select((number, index) => (number, index)))
        {
            Assert.Equal(number.Name, other.Numbers[index].Name);
            Assert.Equal(
                number.Candidates.Select(Rounded),
                other.Numbers[index].Candidates.OrderBy(candidate => candidate.Model, StringComparer.Ordinal).Select(Rounded)
            );
        }

        Assert.Equal(summary.Recommended, other.Recommended.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_copy_of_the_best_candidate_is_as_good_and_takes_nothing_from_the_others()
    {
        var spec = SimulatedCandidates.Labels(Better);
        var rows = SimulatedCandidates.AnswerLabels(spec, 600, 5, 0.6, 0.95, 0.7);
        long[][][] copied = [.. rows.Select(row => row.Append(row[1]).ToArray())];

        var alone = SimulatedCandidates.Compare(spec, rows, "a", "b");
        var summary = SimulatedCandidates.Compare(spec, copied, "a", "b", "copy");

        Assert.Equal([true, false], Find(alone, "accuracy").Candidates.Select(candidate => candidate.IsBest!.Value));
        Assert.Equal([false, false, false], Find(summary, "accuracy").Candidates.Select(candidate => candidate.IsBest!.Value));
        Assert.Equal([true, false, true], Find(summary, "accuracy").Candidates.Select(candidate => candidate.MayBeBest!.Value));
        Assert.Equal(["a"], alone.Recommended);
        Assert.Equal(["a", "copy"], summary.Recommended);
    }

    [Fact]
    public void A_copy_of_the_baseline_has_an_interval_around_0_and_is_neither_better_nor_worse()
    {
        var spec = SimulatedCandidates.Labels(Better);
        var rows = SimulatedCandidates.AnswerLabels(spec, 300, 6, 0.7, 0.9);
        long[][][] copied = [.. rows.Select(row => row.Append(row[0]).ToArray())];

        var copy = Find(SimulatedCandidates.Compare(spec, copied, "a", "copy"), "accuracy").Candidates[1];

        Assert.Equal((0, 1, MetricReading.NoClearDifference), (copy.Difference, copy.AdjustedPValue, copy.Reading));
        Assert.True(copy.DifferenceLower < 0 && copy.DifferenceUpper > 0);
        Assert.Equal(-copy.DifferenceLower!.Value, copy.DifferenceUpper!.Value, 9);
    }

    [Fact]
    public void Where_less_is_better_the_best_is_the_least_and_bounds_are_mirrored()
    {
        var spec = SimulatedCandidates.Numbers("mae", "within_tolerance");
        var answers = SimulatedCandidates.AnswerLabels(SimulatedCandidates.Labels(), 600, 7, 0.6, 0.6, 0.72, 0.7);
        var metrics = new RowMeasurer(spec).Metrics;

        // Right answers are exact and wrong ones are off by 1, so the mean error is the share of wrong answers.
        long[][][] rows =
        [
            .. answers.Select(row =>
                row.Select(words =>
                        Scoreboard.Measure(metrics, new MetricSample { References = ["1"], Prediction = words[0] == 1 ? "1" : "2" })
                    )
                    .ToArray()
            ),
        ];
        var summary = SimulatedCandidates.Compare(spec, rows, "a", "b", "c");
        var (less, more) = (Find(summary, "mae").Candidates, Find(summary, "within_tolerance").Candidates);

        Assert.Equal(more.Select(one => (one.IsBest, one.MayBeBest)), less.Select(one => (one.IsBest, one.MayBeBest)));
        Assert.Equal(more.Select(one => Round(-one.BestUpper)), less.Select(one => Round(one.BestLower)));
        Assert.Equal(more.Select(one => Round(-one.BestLower)), less.Select(one => Round(one.BestUpper)));
        Assert.False(less[0].MayBeBest);
        Assert.True(less[1].MayBeBest);
    }

    [Fact]
    public void Without_a_baseline_candidates_are_compared_with_the_best_alone()
    {
        var spec = SimulatedCandidates.Labels();
        var rows = SimulatedCandidates.AnswerLabels(spec, 600, 8, 0.9, 0.7, 0.89);
        var summary = CandidatesComparison.Create(
            spec,
            [.. "abc".Select((name, index) => SimulatedCandidates.Run(spec, $"{name}", Column(rows, index), baseline: null, 3))]
        );

        var candidates = Find(summary, "accuracy").Candidates;
        Assert.Null(summary.Baseline);
        Assert.Null(summary.Verdict);
        Assert.Empty(summary.Recommended);
        Assert.Equal([true, false, true], candidates.Select(candidate => candidate.MayBeBest!.Value));
        Assert.All(candidates, candidate => Assert.Null(candidate.Difference ?? candidate.DifferenceLower ?? candidate.PValue));
        Assert.All(candidates, candidate => Assert.Null(candidate.NoDifferenceInterval));
    }

    [Fact]
    public void A_number_that_no_method_covers_makes_no_claim_and_says_why()
    {
        var spec = SimulatedCandidates.Labels(Better);
        var rows = SimulatedCandidates.AnswerLabels(spec, 20, 9, 0.5, 0.9, 0.4);

        foreach (var number in SimulatedCandidates.Compare(spec, rows, "a", "b").Numbers)
        {
            Assert.All(
                number.Candidates,
                candidate =>
                    Assert.Equal(
                        (null, null, null, "too_few_samples"),
                        (candidate.IsBest, candidate.MayBeBest, candidate.BestLower, candidate.NoBest)
                    )
            );
        }
    }

    [Fact]
    public void Without_replicates_score_intervals_are_corrected_by_Bonferroni_and_no_best_is_named()
    {
        var spec = SimulatedCandidates.Labels(Better) with { Intervals = new IntervalSpec { Replicates = 0 } };
        var rows = SimulatedCandidates.AnswerLabels(spec, 400, 10, 0.7, 0.75, 0.8);
        var corrected = SimulatedCandidates.Summarize(
            spec with
            {
                Intervals = new IntervalSpec { Replicates = 0, Level = 0.975 },
            },
            "a",
            Column(rows, 1),
            Column(rows, 0),
            out _
        );

        var number = Find(SimulatedCandidates.Compare(spec, rows, "a", "b"), "accuracy").Candidates[0];

        var expected = corrected.Metrics.Single(line => line is { Role: Roles.Candidate, Name: "accuracy", Slice: "all" });
        Assert.Equal(expected.DifferenceLower!.Value, number.DifferenceLower!.Value, 9);
        Assert.Equal(expected.DifferenceUpper!.Value, number.DifferenceUpper!.Value, 9);
        Assert.Equal("not_requested", number.NoBest);
    }

    [Fact]
    public void A_candidate_that_too_few_answers_count_for_is_listed_and_not_compared()
    {
        var spec = SimulatedCandidates.Labels(Better);
        var rows = SimulatedCandidates.AnswerLabels(spec, 400, 11, 0.6, 0.9, 0.8, 0.8);
        foreach (var row in rows.Take(100))
        {
            row[1] = [];
        }

        var summary = SimulatedCandidates.Compare(spec, rows, "a", "b", "c");
        var number = Find(summary, "accuracy").Candidates[0];

        Assert.Equal("only 75.0 % of the samples count; 95 % are needed", summary.Candidates[0].NotCompared);
        Assert.Equal(VerdictResult.Inconclusive, summary.Candidates[0].Verdict!.Result);
        Assert.True(number.Value > 0.8);
        Assert.Equal(
            (null, null, null, null, "not_compared", "not_compared"),
            (number.DifferenceLower, number.AdjustedPValue, number.Reading, number.MayBeBest, number.NoDifferenceInterval, number.NoBest)
        );
        Assert.Equal(["b", "c"], summary.Recommended);
    }

    [Fact]
    public void A_chance_pass_of_one_among_many_is_inconclusive()
    {
        var spec = SimulatedCandidates.Labels(Better);
        var rows = Enumerable
            .Range(0, 100)
            .Select(seed => SimulatedCandidates.AnswerLabels(spec, 300, (ulong)seed, 0.7, 0.76))
            .First(rows => SimulatedCandidates.Compare(spec, rows, "a") is { Verdict.Result: VerdictResult.Pass } one && P(one) > 0.02);
        var baseline = Column(rows, 0);
        var summary = CandidatesComparison.Create(
            spec,
            [
                SimulatedCandidates.Run(spec, "a", Column(rows, 1), baseline, 8),
                .. Enumerable
                    .Range(1, 7)
                    .Select(index =>
                        CandidateRun.NotCompleted(string.Create(CultureInfo.InvariantCulture, $"b{index}"), "ev-b", RunStatus.Cancelled)
                    ),
            ]
        );

        Assert.Equal(VerdictResult.Pass, summary.Candidates[0].Alone!.Result);
        Assert.Equal(VerdictResult.Inconclusive, summary.Candidates[0].Verdict!.Result);
        Assert.Contains("alone, but not among 8 candidates", summary.Candidates[0].Verdict!.Rules[0].Reason, StringComparison.Ordinal);
        Assert.Equal(VerdictResult.Inconclusive, summary.Verdict!.Result);
        Assert.Equal(8, summary.Tried);
        Assert.Empty(summary.Recommended);

        static double P(CandidatesSummary one) => Find(one, "accuracy").Candidates[0].PValue!.Value;
    }

    [Fact]
    public void A_lower_bound_must_hold_for_all_candidates_together()
    {
        var rows = SimulatedCandidates.AnswerLabels(SimulatedCandidates.Labels(), 400, 16, 0.7, 0.8, 0.8);
        var own = SimulatedCandidates.Summarize(SimulatedCandidates.Labels(), "a", Column(rows, 1), Column(rows, 0), out _);
        var lower = own.Metrics.Single(line => line is { Role: Roles.Candidate, Name: "accuracy", Slice: "all" }).Lower!.Value;

        var spec = SimulatedCandidates.Labels(new LowerBoundRule { Metric = "accuracy", LowerBoundAtLeast = lower });
        var summary = SimulatedCandidates.Compare(spec, rows, "a", "b");
        var strict = SimulatedCandidates.Summarize(
            spec with
            {
                Intervals = spec.Intervals with { Level = 0.975 },
            },
            "a",
            Column(rows, 1),
            Column(rows, 0),
            out _
        );

        Assert.Equal(
            (VerdictResult.Pass, VerdictResult.Inconclusive),
            (summary.Candidates[0].Alone!.Result, summary.Candidates[0].Verdict!.Result)
        );
        Assert.Equal(
            strict.Metrics.Single(line => line is { Role: Roles.Candidate, Name: "accuracy", Slice: "all" }).Lower!.Value,
            Find(summary, "accuracy").Candidates[0].Lower!.Value,
            12
        );
        Assert.Equal(VerdictResult.Pass, SimulatedCandidates.Compare(spec, rows, "a").Verdict!.Result);
    }

    [Theory]
    [InlineData(0.95, 0.4, VerdictResult.Pass)]
    [InlineData(0.3, 0.35, VerdictResult.Fail)]
    [InlineData(0.3, 0.705, VerdictResult.Inconclusive)]
    public void One_pass_is_enough_and_all_must_fail(double first, double second, VerdictResult expected)
    {
        var spec = SimulatedCandidates.Labels(Better);
        var rows = SimulatedCandidates.AnswerLabels(spec, 400, 13, 0.7, first, second);

        var summary = SimulatedCandidates.Compare(spec, rows, "a", "b");

        Assert.Equal(expected, summary.Verdict!.Result);
        Assert.Equal(["a: ", "b: "], summary.Verdict.Rules.Select(rule => rule.Reason[..3]));
        Assert.Equal("accuracy", summary.Headline);
    }

    [Fact]
    public void All_failed_but_one_that_did_not_complete_is_inconclusive()
    {
        var spec = SimulatedCandidates.Labels(Better);
        var rows = SimulatedCandidates.AnswerLabels(spec, 400, 13, 0.7, 0.3);

        var summary = CandidatesComparison.Create(
            spec,
            [
                SimulatedCandidates.Run(spec, "a", Column(rows, 1), Column(rows, 0), 2),
                CandidateRun.NotCompleted("b", "ev-b", RunStatus.Partial),
            ]
        );

        Assert.Equal(VerdictResult.Inconclusive, summary.Verdict!.Result);
        Assert.Equal(new RuleVerdict(VerdictResult.Inconclusive, "b: its run is Partial"), summary.Verdict.Rules[1]);
    }

    [Fact]
    public void Numbers_of_classes_are_left_out_where_there_is_no_room_for_their_replicates()
    {
        var spec = SimulatedCandidates.Labels(Better) with { Intervals = new IntervalSpec { Replicates = 10_000 } };
        var rows = SimulatedCandidates.AnswerLabels(spec, 60, 14, 0.7, 0.8);
        var summary = SimulatedCandidates.Summarize(spec, "a", Column(rows, 1), Column(rows, 0), out var scoreboard);
        var known = summary.Metrics.Where(line => line is { Role: Roles.Candidate, Slice: "all" }).ToList();
        var many = summary with
        {
            Metrics =
            [
                .. summary.Metrics,
                .. Enumerable
                    .Range(0, 100)
                    .Select(label => known[0] with { Name = string.Create(CultureInfo.InvariantCulture, $"recall[l{label}]") }),
            ],
        };

        var compared = CandidatesComparison.Create(
            spec,
            [
                CandidateRun.Completed(spec, many, scoreboard, tried: 20),
                .. Enumerable
                    .Range(1, 19)
                    .Select(index =>
                        CandidateRun.NotCompleted(string.Create(CultureInfo.InvariantCulture, $"b{index}"), "ev-b", RunStatus.Failed)
                    ),
            ]
        );

        // 2^24 replicates ÷ 20 candidates ÷ 10,000 replicates.
        Assert.Equal(83, compared.Numbers.Count);
        Assert.Equal(known.Count + 100 - 83, compared.NumbersLeftOut);
        Assert.Equal(("accuracy", MetricKind.Headline), (compared.Numbers[0].Name, compared.Numbers[0].Kind));
    }

    [Fact]
    public void What_cannot_be_compared_is_refused()
    {
        var run = CandidateRun.NotCompleted("a", "ev-a", RunStatus.Failed);

        Assert.Throws<ArgumentException>(() => CandidatesComparison.Create(SimulatedCandidates.Labels(), []));
        Assert.Throws<ArgumentException>(() => CandidatesComparison.Create(SimulatedCandidates.Labels(), [run, run]));
        Assert.Throws<ArgumentException>(() => CandidateRun.NotCompleted("a", "ev-a", RunStatus.Completed));
    }

    [Fact]
    public void A_comparison_is_read_as_it_was_written()
    {
        var spec = SimulatedCandidates.Labels(Better);
        var summary = SimulatedCandidates.Compare(spec, SimulatedCandidates.AnswerLabels(spec, 100, 15, 0.7, 0.8, 0.6), "a", "b");

        var text = JsonSerializer.Serialize(summary, ResultJson.Options);
        var read = JsonSerializer.Deserialize<CandidatesSummary>(text, ResultJson.Options)!;

        Assert.Equal(text, JsonSerializer.Serialize(read, ResultJson.Options));
        Assert.StartsWith("{\"baseline\":\"baseline\",\"level\":0.95,\"tried\":2,\"verdict\":{", text, StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"headline\"", text, StringComparison.Ordinal);
    }

    private static long[][] Column(long[][][] rows, int model) => [.. rows.Select(row => row[model])];

    private static CandidatesNumber Find(CandidatesSummary summary, string name) => summary.Numbers.Single(number => number.Name == name);

    private static CandidateNumber Rounded(CandidateNumber candidate) =>
        candidate with
        {
            DifferenceLower = Round(candidate.DifferenceLower),
            DifferenceUpper = Round(candidate.DifferenceUpper),
            BestLower = Round(candidate.BestLower),
            BestUpper = Round(candidate.BestUpper),
        };

    private static double? Round(double? number) => number is { } known ? Math.Round(known, 9) + 0.0 : null;
}
