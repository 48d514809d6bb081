using System.Text.Json;
using CsCheck;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;

namespace FunctionsEval.Core.Tests.Scoring;

/// <summary>Several samples of one row: the trained turns of a conversation.</summary>
public sealed class TurnTests
{
    [Fact]
    public void Turns_of_a_conversation_share_their_weights()
    {
        // Whatever the weights, a metric of conversations whose turns are alike has the replicates of one sample each.
        Gen.Select(Gen.Int[20, 60], Gen.Int[1, 6], Gen.Int[0, int.MaxValue])
            .Sample(
                (rows, turns, seed) =>
                {
                    var right = Enumerable.Range(0, rows).Select(row => new Random(seed + row).Next(3) > 0).ToArray();
                    var many = Score([.. Conversations(rows, _ => turns, (row, _) => right[row])], "mcc");
                    var once = Score([.. Conversations(rows, _ => 1, (row, _) => right[row])], "mcc");
                    var (one, other) = (Line(many, "mcc"), Line(once, "mcc"));
                    Assert.Equal(other.Interval, one.Interval);
                    Assert.Equal(other.Value ?? 0, one.Value ?? 0, 1e-12);
                    Assert.Equal(other.Lower ?? 0, one.Lower ?? 0, 1e-9);
                    Assert.Equal(other.Upper ?? 0, one.Upper ?? 0, 1e-9);
                },
                iter: 30
            );
    }

    [Fact]
    public void Conversations_whose_turns_are_alike_are_worth_one_sample_each()
    {
        var many = Line(Score(Conversations(40, _ => 5, (row, _) => row % 2 == 0)), "accuracy");
        var once = Line(Score(Conversations(40, _ => 0, (row, _) => row % 2 == 0)), "accuracy");
        Assert.Equal(("wilson", "wilson"), (many.Interval, once.Interval));
        Assert.Equal((200L, 40L), (many.Samples, once.Samples));
        Assert.InRange((many.Upper - many.Lower)!.Value / (once.Upper - once.Lower)!.Value, 0.85, 1.2);
    }

    [Fact]
    public void Single_turns_give_what_rows_of_one_sample_give()
    {
        // By Kish's formula a conversation of one turn is worth one sample: no interval or test may change.
        var turns = Score(Conversations(60, _ => 1, (row, _) => row % 3 > 0, (row, _) => row % 5 > 0));
        var rows = Score(Conversations(60, _ => 0, (row, _) => row % 3 > 0, (row, _) => row % 5 > 0));
        Assert.Equal(Json(rows), Json(turns with { Metrics = [.. turns.Metrics.Where(line => line.Slice == "all")] }));
    }

    [Fact]
    public void One_long_conversation_counts_by_its_size()
    {
        // 20 conversations of one turn and one of 20: n² ÷ Σ m² = 1600 ÷ 420 = 3.8 independent samples at worst, too few for an interval.
        var line = Line(Score(Conversations(21, row => row == 0 ? 20 : 1, (row, _) => row > 0)), "accuracy");
        Assert.Equal((40L, null, "too_few_samples"), (line.Samples, line.Interval, line.NoInterval));
    }

    [Fact]
    public void A_slice_by_turn_has_independent_samples_and_the_whole_has_no_exact_test()
    {
        var result = Score(Conversations(50, _ => 3, (row, turn) => (row + turn) % 3 > 0, (row, turn) => (row + turn) % 4 > 0));
        Assert.Equal("bootstrap_t", Line(result, "accuracy").Test);
        foreach (var turn in new[] { "turn=1", "turn=2", "turn=3" })
        {
            var line = result.Metrics.Single(line => line is { Name: "accuracy", Role: "candidate" } && line.Slice == turn);
            Assert.Equal((50L, "mcnemar_exact"), (line.Samples, line.Test));
        }
    }

    [Fact]
    public void Turns_after_the_tenth_have_no_slice()
    {
        var result = Score(Conversations(12, _ => 14, (row, _) => row % 2 == 0));
        Assert.Equal(
            ["all", .. Enumerable.Range(1, 10).Select(turn => $"turn={turn}").Order(StringComparer.Ordinal)],
            result.Metrics.Where(line => line.Name == "accuracy").Select(line => line.Slice)
        );
    }

    [Fact]
    public void Shards_cut_anywhere_and_merged_in_any_order_give_the_same_bytes() =>
        Gen.Select(Gen.Int[0, 6].Array[1, 40], Gen.Int[1, 12], Gen.Int[0, int.MaxValue])
            .Sample(
                (sizes, shards, seed) =>
                {
                    var random = new Random(seed);
                    AnswerPair[] answers =
                    [
                        .. Conversations(sizes.Length, row => sizes[row], (row, turn) => (row + turn) % 3 > 0, (row, _) => row % 2 > 0),
                    ];
                    var parts = Enumerable.Range(0, shards).Select(_ => new OfflineScore(Spec(), hasBaseline: true)).ToArray();
                    foreach (var answer in answers)
                    {
                        parts[random.Next(shards)].Add(answer);
                    }

                    random.Shuffle(parts);
                    var total = new OfflineScore(Spec(), hasBaseline: true);
                    foreach (var part in parts)
                    {
                        total.Merge(part);
                    }

                    Assert.Equal(Json(Score(answers)), Json(total.Finish()));
                },
                iter: 25
            );

    [Fact]
    public void A_gate_may_look_at_a_turn()
    {
        var spec = SpecReader.Read(
            """{"task":"generation","model":"m","turns":"all","gate":{"rules":[{"metric":"exact_match","slice":"turn=1","minimum":0.5}]}}""",
            "evaluation.json"
        );
        Assert.Equal((TurnSelection.All, "turn=1"), (spec.Turns, Assert.IsType<MinimumRule>(Assert.Single(spec.Gate!.Rules)).Slice));
        var withoutTurns = Assert.Throws<SpecException>(() =>
            SpecReader.Read(
                """{"task":"generation","model":"m","gate":{"rules":[{"metric":"exact_match","slice":"turn=1","minimum":0.5}]}}""",
                "evaluation.json"
            )
        );
        Assert.Contains("slice: must be tag=value", withoutTurns.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"task":"multiple_choice","model":"m","turns":"all"}""", "$.turns: all belongs to")]
    [InlineData("""{"task":"language_modelling","model":"m","turns":"all"}""", "$.turns: all belongs to")]
    [InlineData("""{"task":"generation","model":"m","turns":"all","columns":{"reference":"answer"}}""", "$.turns: all takes inputs and")]
    [InlineData("""{"task":"generation","model":"m","turns":"all","columns":{"input":"question"}}""", "$.turns: all takes inputs and")]
    [InlineData("""{"task":"generation","model":"m","turns":"all","slices":["turn"]}""", "$.slices: must not name 'turn' beside")]
    public void Spec_that_cannot_have_all_turns_is_refused_with_the_fix(string spec, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<SpecException>(() => SpecReader.Read(spec, "evaluation.json")).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_tag_named_turn_is_one_like_any_other_where_the_last_turn_is_the_sample()
    {
        var spec = SpecReader.Read("""{"task":"generation","model":"m","slices":["turn"]}""", "evaluation.json");
        Assert.Equal(["turn"], spec.Slices);
        Assert.DoesNotContain("turns", SpecReader.Canonical(spec), StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_of_a_runs_samples_are_read_with_their_turns()
    {
        var reader = new PredictionReader(Spec());
        var row = reader
            .Read("""{"id":"c#2","turn":2,"turns":3,"offset":40,"line":1,"references":["yes"],"prediction":"yes"}""", 1)!
            .Candidate;
        Assert.Equal((2, 3, "c", 40L), (row.Turn, row.Turns, row.RowId, row.Offset));
        Assert.Equal(["turn=2"], new RowMeasurer(Spec()).SlicesOf(row));
    }

    [Theory]
    [InlineData("""{"id":"c","turn":2,"turns":3,"expected":"yes","prediction":"yes"}""")]
    [InlineData("""{"id":"c#2","turn":2,"expected":"yes","prediction":"yes"}""")]
    [InlineData("""{"id":"c#2","turn":2,"turns":1,"expected":"yes","prediction":"yes"}""")]
    [InlineData("""{"id":"c#2","turn":"2","turns":"3","expected":"yes","prediction":"yes"}""")]
    [InlineData("""{"id":"c#2","turn":2,"turns":5000,"expected":"yes","prediction":"yes"}""")]
    public void Fields_of_the_users_own_are_no_turns(string line)
    {
        var row = new PredictionReader(Spec()).Read(line, 7)!.Candidate;
        Assert.Equal((0, 0, 7L), (row.Turn, row.Turns, row.Offset));
    }

    private static IEnumerable<AnswerPair> Conversations(
        int rows,
        Func<int, int> turnsOf,
        Func<int, int, bool> isRight,
        Func<int, int, bool>? isBaselineRight = null
    ) =>
        from row in Enumerable.Range(0, rows)
        from turn in turnsOf(row) == 0 ? [0] : Enumerable.Range(1, turnsOf(row))
        select new AnswerPair(
            Answer(row, turn, turnsOf(row), isRight(row, turn)),
            isBaselineRight is null ? null : Answer(row, turn, turnsOf(row), isBaselineRight(row, turn))
        );

    private static EvaluatedSample Answer(int row, int turn, int turns, bool isRight) =>
        new()
        {
            Id = turn > 0 ? new ConversationTurn($"{row}", turn, turns).SampleId : $"{row}",
            Ordinal = row,
            Line = row + 1,
            Offset = row,
            Outcome = Outcome.Scored,
            References = [row % 2 == 0 ? "yes" : "no"],
            Prediction = isRight == (row % 2 == 0) ? "yes" : "no",
            Turn = turn,
            Turns = turns,
        };

    private static EvaluationSpec Spec(params string[] metrics) =>
        new()
        {
            Task = ClassificationTask.Instance,
            Model = "m",
            Labels = ["yes", "no"],
            Metrics = [.. metrics.DefaultIfEmpty("accuracy").Select(name => new MetricSpec { Name = name })],
            Turns = TurnSelection.All,
        };

    private static EvaluationResult Score(IEnumerable<AnswerPair> answers, params string[] metrics) =>
        OfflineScore.Compute(Spec(metrics), answers);

    private static MetricValue Line(EvaluationResult result, string name) =>
        result.Metrics.Single(line => line is { Slice: "all", Role: "candidate" } && line.Name == name);

    private static string Json(EvaluationResult result) => JsonSerializer.Serialize(result);
}
