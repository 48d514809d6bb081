using System.Globalization;
using System.Text.Json;
using CsCheck;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Statistics;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Core.Tests.Metrics.Repeats;

/// <summary>pass@k and pass^k over rows. In these tests a row is a text, a letter an answer: r is right, w wrong, - none.</summary>
public sealed class PassAtKTests
{
    [Fact]
    public void Numbers_are_the_means_over_the_rows()
    {
        // By hand: pass@2 is 0, 2/3, 1, 1 and pass^2 is 0, 0, 1/3, 1.
        var result = Score(["www", "wrw", "rwr", "rrr"], null, Pass(1, 2, 3));
        Assert.Equal(
            [
                ("pass_at_1", 0.5),
                ("pass_at_2", Math.Round(2 / 3.0, 12)),
                ("pass_at_3", 0.75),
                ("pass_hat_2", Math.Round(1 / 3.0, 12)),
                ("pass_hat_3", 0.25),
                ("pass_at_k_coverage", 1.0),
            ],
            ValuesOf(result, digits: 12)
        );
        Assert.All(Lines(result), line => Assert.Equal((12L, null), (line.Samples, line.NoiseFloor)));
    }

    [Fact]
    public void Without_k_they_are_of_one_answer_and_of_all() =>
        Assert.Equal(
            ["pass_at_1", "pass_at_3", "pass_hat_3", "pass_at_k_coverage"],
            Lines(Score(["wrw"], null, Pass())).Select(line => line.Name)
        );

    [Fact]
    public void A_row_counts_for_each_number_that_it_has_enough_answers_for()
    {
        // The second row lacks an answer, the third two, and of the fourth nothing is known.
        var lines = Lines(Score(["rrw", "wr-", "r--", "---"], null, Pass(1, 2, 3))).ToDictionary(line => line.Name);
        Assert.Equal(((2 / 3.0) + 0.5 + 1) / 3, lines["pass_at_1"].Value!.Value, 1e-12);
        Assert.Equal((6L, 1.0), (lines["pass_at_1"].Samples, lines["pass_at_2"].Value));
        Assert.Equal((5L, 1 / 6.0), (lines["pass_hat_2"].Samples, lines["pass_hat_2"].Value));
        Assert.Equal((3L, 1.0, 0.0), (lines["pass_at_3"].Samples, lines["pass_at_3"].Value, lines["pass_hat_3"].Value));
        // One of the three rows with an answer has three.
        Assert.Equal((6L, 1 / 3.0), (lines["pass_at_k_coverage"].Samples, lines["pass_at_k_coverage"].Value));
    }

    [Fact]
    public void Where_no_row_has_enough_answers_there_is_no_number()
    {
        var lines = Lines(Score(["rr-", "wr-"], null, Pass(3)));
        Assert.Equal([(null, "no_sample"), (null, "no_sample"), (0.0, null)], lines.Select(line => (line.Value, line.Undefined)));
    }

    [Fact]
    public void Pass_at_1_is_accuracy_where_all_answers_count()
    {
        var random = new Random(1);
        var result = Score(RandomRows(60, random), RandomRows(60, random), Exact, Pass(1));
        var (accuracy, pass) = (Line(result, "exact_match"), Line(result, "pass_at_1"));
        Assert.Equal(accuracy.Value!.Value, pass.Value!.Value, 1e-12);
        Assert.Equal(("wilson", "wilson"), (accuracy.Interval, pass.Interval));
        Assert.Equal((accuracy.Lower!.Value, accuracy.Upper!.Value), (pass.Lower!.Value, pass.Upper!.Value), WithinTolerance);
        Assert.Equal(accuracy.Difference!.Value, pass.Difference!.Value, 1e-12);
        Assert.Equal(accuracy.PValue!.Value, pass.PValue!.Value, 1e-9);
    }

    /// <summary>Where the answers to a row are alike they say no more than one.</summary>
    [Fact]
    public void Rows_and_not_answers_make_the_interval()
    {
        var rows = Enumerable.Range(0, 40).Select(row => row % 2 == 0 ? "rrr" : "www").ToArray();
        var line = Line(Score(rows, null, Pass(3)), "pass_hat_3");
        var (lower, upper) = ProportionInterval.Wilson(20, 40, 0.95);
        Assert.InRange((line.Upper - line.Lower)!.Value / (upper - lower), 0.9, 1.1);

        var alike = Line(Score([.. Enumerable.Repeat("rrw", 40)], null, Pass(1)), "pass_at_1");
        var expected = ProportionInterval.Wilson(80 / 3.0, 40, 0.95);
        Assert.Equal(expected, (alike.Lower!.Value, alike.Upper!.Value), WithinTolerance);
    }

    [Fact]
    public void Fewer_than_ten_rows_have_no_interval() =>
        Assert.Equal("too_few_samples", Line(Score([.. Enumerable.Repeat("rrw", 9)], null, Pass(2)), "pass_at_2").NoInterval);

    [Fact]
    public void Models_are_compared_over_the_rows_that_have_enough_answers_of_both()
    {
        string[] candidate = [.. Enumerable.Repeat("rrr", 60), "r--"];
        string[] baseline = [.. Enumerable.Repeat("rrw", 59), "r--", "www"];
        var line = Line(Score(candidate, baseline, Pass(3)), "pass_hat_3");
        // 59 of the rows: the last but one lacks answers of the baseline, the last of the candidate.
        Assert.Equal((1.0, 1.0), (line.Value, line.Difference));
        Assert.Equal("rule_of_three", line.DifferenceInterval);
    }

    [Fact]
    public void A_difference_has_an_interval_and_a_p_value()
    {
        var random = new Random(2);
        var line = Line(Score(RandomRows(200, random, 0.7), RandomRows(200, random, 0.4), Pass(2)), "pass_hat_2");
        Assert.Equal(("bootstrap_t", "bootstrap_t"), (line.DifferenceInterval, line.Test));
        Assert.InRange(line.Difference!.Value, line.DifferenceLower!.Value, line.DifferenceUpper!.Value);
        Assert.InRange(line.DifferenceLower.Value, 0.1, 0.33);
        Assert.InRange(line.PValue!.Value, 0, 0.01);
    }

    [Fact]
    public void Rows_that_share_an_id_by_mistake_do_not_count()
    {
        var result = Score(["rwr", "wwr"], null, id: _ => "same", Pass(2));
        Assert.Equal([("pass_at_2", null), ("pass_hat_2", null), ("pass_at_k_coverage", 0)], ValuesOf(result, 12));
    }

    /// <summary>By hand: pass@2 of the turns is 0 and 1 in one row, 2/3 and 2/3 in the other; pass^2 is 0, 1, 0 and 0.</summary>
    [Fact]
    public void Each_turn_of_a_conversation_is_a_question_of_its_own()
    {
        string[][] rows =
        [
            ["www", "rrr"],
            ["rww", "wwr"],
        ];
        var result = OfflineScore.Compute(
            Spec(3, Pass(2)),
            from row in Enumerable.Range(0, rows.Length)
            from turn in Enumerable.Range(1, 2)
            from repeat in Enumerable.Range(1, 3)
            select new AnswerPair(
                Answer(row, $"{row}#{turn}", repeat, rows[row][turn - 1][repeat - 1]) with
                {
                    Turn = turn,
                    Turns = 2,
                },
                null
            )
        );
        Assert.Equal(
            [("pass_at_2", Math.Round(7 / 12.0, 12)), ("pass_hat_2", 0.25), ("pass_at_k_coverage", 1.0)],
            ValuesOf(result, digits: 12)
        );
        Assert.Equal(0.5, result.Metrics.Single(line => line is { Name: "pass_hat_2", Slice: "turn=2" }).Value);
    }

    [Fact]
    public void Slices_have_their_rows_and_single_repeats_none()
    {
        var result = Score(["rrr", "www", "rww"], null, Pass(2));
        Assert.Equal(
            [
                ("all", Math.Round(5 / 9.0, 12)),
                ("half=0", Math.Round(5 / 6.0, 12)),
                ("half=1", 0.0),
                ("repeat=1", null),
                ("repeat=2", null),
                ("repeat=3", null),
            ],
            result.Metrics.Where(line => line.Name == "pass_at_2").Select(line => (line.Slice, Rounded(line.Value, 12)))
        );
    }

    [Fact]
    public void What_is_right_can_be_another_metrics_to_say()
    {
        // An answer "right" contains "r" always; "wrong" does too, and none equals it.
        var spec = Spec(3, Samples.Spec("contains"), Samples.Spec("pass_at_k", ("k", 2), ("right", "contains")));
        var result = OfflineScore.Compute(
            spec,
            Enumerable.Range(1, 3).Select(repeat => new AnswerPair(Answer(0, "0", repeat, 'w') with { References = ["wro", "x"] }, null))
        );
        Assert.Equal(1.0, Line(result, "pass_at_2").Value);
        Assert.Contains("right:contains(ignore_case:no)", SignatureOf(spec), StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_without_a_grade_is_neither_right_nor_wrong()
    {
        var judge = Samples.Minimal("judge");
        var spec = Spec(3, judge, Samples.Spec("pass_at_k", ("k", new[] { 1, 2, 3 }), ("right", "judge_pass_rate")));
        GradeOutcome[] outcomes = [GradeOutcome.Graded, GradeOutcome.Unparsable, GradeOutcome.Graded];
        var result = OfflineScore.Compute(
            spec,
            outcomes.Select(
                (outcome, index) =>
                    new AnswerPair(
                        Answer(0, "0", index + 1, 'r') with
                        {
                            Grades = new Dictionary<string, Grade>
                            {
                                ["judge"] = new() { Outcome = outcome, Label = index == 0 ? "right" : "wrong" },
                            },
                        },
                        null
                    )
            )
        );
        Assert.Equal((0.5, 2L), (Line(result, "pass_at_1").Value, Line(result, "pass_at_1").Samples));
        Assert.Equal((1.0, 0.0), (Line(result, "pass_at_2").Value, Line(result, "pass_hat_2").Value));
        Assert.Equal((null, 0.0), (Line(result, "pass_at_3").Value, Line(result, "pass_at_k_coverage").Value));
    }

    [Theory]
    [InlineData("""{"k": 4}""", "metrics[1].k", "is 4, and each row has 3 answers: set the spec's repeats to 4 or more.")]
    [InlineData("""{"k": [1, 40]}""", "metrics[1].k[1]", "from 1 to 32")]
    [InlineData("""{"k": []}""", "metrics[1].k", "is empty")]
    [InlineData("""{"k": 0}""", "metrics[1].k", "from 1 to 32")]
    [InlineData("""{"k": 1.5}""", "metrics[1].k", "from 1 to 32")]
    [InlineData("""{"k": "2"}""", "metrics[1].k", "or a list of them")]
    [InlineData("""{"right": "exact_mach"}""", "metrics[1].right", "Did you mean exact_match?")]
    [InlineData("""{"right": "pass_at_1"}""", "metrics[1].right", "Valid: exact_match.")]
    public void What_cannot_be_measured_is_refused(string options, string path, string hint)
    {
        var refused = Assert.Throws<OptionException>(() =>
            Create(
                Spec(
                    3,
                    Exact,
                    new MetricSpec { Name = "pass_at_k", Options = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(options)! }
                )
            )
        );
        Assert.Equal(path, refused.Path);
        Assert.Contains(hint, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_metric_that_says_what_is_right_needs_a_reference() =>
        Assert.Equal(
            ["pass_at_k"],
            MetricCatalog
                .ThatNeedReference(GenerationTask.Instance, [Pass()])
                .Concat(
                    MetricCatalog.ThatNeedReference(
                        GenerationTask.Instance,
                        [Samples.Spec("pass_at_k", ("right", "json_valid")), Samples.Spec("json_valid")]
                    )
                )
        );

    [Fact]
    public void A_report_does_not_depend_on_the_order_of_the_answers_or_on_the_split() =>
        Gen.Select(Gen.Select(Letters, Letters).Array[1, 25], Gen.Int[1, 5], Gen.Int)
            .Sample(
                (rows, parts, seed) =>
                {
                    var spec = Spec(3, Pass(1, 2, 3));
                    var answers = PairsOf([.. rows.Select(row => row.Item1)], [.. rows.Select(row => row.Item2)], Id).ToArray();
                    var random = new Random(seed);
                    var shards = Enumerable.Range(0, parts).Select(_ => new OfflineScore(spec, hasBaseline: true)).ToArray();
                    foreach (var answer in answers.OrderBy(_ => random.Next()).ToList())
                    {
                        shards[random.Next(parts)].Add(answer);
                    }

                    foreach (var shard in shards[1..])
                    {
                        shards[0].Merge(shard);
                    }

                    Assert.Equal(
                        JsonSerializer.Serialize(OfflineScore.Compute(spec, answers).Metrics),
                        JsonSerializer.Serialize(shards[0].Finish().Metrics)
                    );
                },
                iter: 30
            );

    /// <summary>The oracle weighs a row by repeating it: a replicate counts each row as often as its weight says.</summary>
    [Fact]
    public void A_replicate_is_the_mean_over_rows_by_their_weights() =>
        Letters
            .Array[3, 12]
            .Sample(
                rows =>
                {
                    var metric = Create(Spec(3, Pass(2)))[0];
                    var kept = KeptSamples.Create(metric.SampleRule!, 3);
                    foreach (var (key, row) in rows.Index())
                    {
                        foreach (var letter in row.Where(letter => letter != '-'))
                        {
                            kept.Add((ulong)key, [], [1, letter == 'r' ? 1 : 0, 0], []);
                        }
                    }

                    var replicates = kept.Compute(ModelRole.Candidate, isShared: false, new HashSet<string> { MetricReport.AllSamples })
                        .GetValueOrDefault(MetricReport.AllSamples, MetricNumbers.None(metric))
                        .Replicates;
                    for (var replicate = 0; replicate < replicates?[0].Length; replicate++)
                    {
                        string[] repeated =
                        [
                            .. rows.Index()
                                .SelectMany(row => Enumerable.Repeat(row.Item, (int)BootstrapWeights.At((ulong)row.Index, replicate))),
                        ];
                        Assert.Equal(Line(Score(repeated, null, Pass(2)), "pass_at_2").Value ?? double.NaN, replicates[0][replicate], 1e-9);
                    }
                },
                iter: 10
            );

    private static MetricSpec Exact => Samples.Spec("exact_match");

    private static Gen<string> Letters =>
        Gen.OneOf(Gen.Const('r'), Gen.Const('w'), Gen.Const('-')).Array[3].Select(letters => new string(letters));

    private static MetricSpec Pass(params int[] k) => k.Length == 0 ? Samples.Spec("pass_at_k") : Samples.Spec("pass_at_k", ("k", k));

    private static string[] RandomRows(int count, Random random, double right = 0.6) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ => string.Concat(Enumerable.Range(0, 3).Select(_ => random.NextDouble() < right ? 'r' : 'w'))),
        ];

    private static EvaluationSpec Spec(int repeats, params MetricSpec[] metrics) =>
        new()
        {
            Task = GenerationTask.Instance,
            Model = "m",
            Metrics = metrics,
            Repeats = repeats,
            Slices = ["half"],
            Intervals = new IntervalSpec { Replicates = 200 },
        };

    private static IReadOnlyList<Metric> Create(EvaluationSpec spec) => MetricCatalog.Create(spec.Task, spec.Metrics, spec.MetricSettings);

    private static string SignatureOf(EvaluationSpec spec) => Create(spec).Single(metric => metric.Name == "pass_at_k").Signature;

    private static EvaluationResult Score(string[] candidate, string[]? baseline, params MetricSpec[] metrics) =>
        Score(candidate, baseline, Id, metrics);

    private static EvaluationResult Score(string[] candidate, string[]? baseline, Func<int, string> id, params MetricSpec[] metrics) =>
        OfflineScore.Compute(Spec(3, metrics), PairsOf(candidate, baseline, id));

    private static IEnumerable<AnswerPair> PairsOf(string[] candidate, string[]? baseline, Func<int, string> id) =>
        from row in Enumerable.Range(0, candidate.Length)
        from repeat in Enumerable.Range(1, 3)
        select new AnswerPair(
            Answer(row, id(row), repeat, candidate[row][repeat - 1]),
            baseline is null ? null : Answer(row, id(row), repeat, baseline[row][repeat - 1])
        );

    private static string Id(int row) => row.ToString(CultureInfo.InvariantCulture);

    private static EvaluatedSample Answer(int row, string id, int repeat, char letter) =>
        new()
        {
            Id = id,
            Ordinal = (row * 3) + repeat,
            Line = row + 1,
            Offset = 0,
            Outcome = letter == '-' ? Outcome.TimedOut : Outcome.Scored,
            References = ["right"],
            Prediction = letter switch
            {
                'r' => "right",
                'w' => "wrong",
                _ => null,
            },
            Repeat = repeat,
            Tags = new Dictionary<string, string> { ["half"] = Id(row % 2) },
        };

    private static IReadOnlyList<MetricValue> Lines(EvaluationResult result) =>
        [
            .. result.Metrics.Where(line =>
                line is { Slice: "all", Role: "candidate" } && line.Name.StartsWith("pass_", StringComparison.Ordinal)
            ),
        ];

    private static MetricValue Line(EvaluationResult result, string name) =>
        result.Metrics.Single(line => line is { Slice: "all", Role: "candidate" } && line.Name == name);

    private static IEnumerable<(string Name, double? Value)> ValuesOf(EvaluationResult result, int digits) =>
        Lines(result).Select(line => (line.Name, Rounded(line.Value, digits)));

    private static double? Rounded(double? value, int digits) => value is { } number ? Math.Round(number, digits) : null;

    private static bool WithinTolerance((double Lower, double Upper) one, (double Lower, double Upper) other) =>
        Math.Abs(one.Lower - other.Lower) < 1e-9 && Math.Abs(one.Upper - other.Upper) < 1e-9;
}
