using System.Globalization;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Training;

namespace FunctionsEval.Core.Tests.Scoring;

/// <summary>Several answers to one row, and rows that leaked, through the offline score.</summary>
public sealed class RepeatTests
{
    [Fact]
    public void Noise_floor_is_the_deviation_over_the_repeats_by_construction()
    {
        // Of ten rows the three repeats get 5, 6 and 7 right: 0.5, 0.6, 0.7 have a standard deviation of 0.1.
        var result = Score(rows: 10, (row, repeat) => row < 4 + repeat);
        var accuracy = result.Metrics.Single(line => line is { Name: "accuracy", Slice: "all" });
        Assert.Equal(0.6, accuracy.Value!.Value, 12);
        Assert.Equal(0.1, accuracy.NoiseFloor!.Value, 12);
        Assert.Equal(
            [0.5, 0.6, 0.7],
            result
                .Metrics.Where(line => line.Name == "accuracy" && line.Slice.StartsWith("repeat=", StringComparison.Ordinal))
                .Select(line => Math.Round(line.Value!.Value, 12))
        );
    }

    [Fact]
    public void Repeats_of_a_row_are_no_independent_samples()
    {
        // A hundred answers that are ten rows ten times over say as much as ten rows.
        var repeated = Score(rows: 40, (row, _) => row % 2 == 0).Metrics.Single(line => line is { Name: "accuracy", Slice: "all" });
        var once = Score(rows: 40, (row, _) => row % 2 == 0, repeats: 1).Metrics.Single(line => line is { Name: "accuracy", Slice: "all" });
        Assert.Equal(("wilson", "wilson"), (repeated.Interval, once.Interval));
        Assert.Null(once.NoiseFloor);
        Assert.Equal(0, repeated.NoiseFloor!.Value);
        Assert.InRange((repeated.Upper - repeated.Lower)!.Value / (once.Upper - once.Lower)!.Value, 0.85, 1.2);
    }

    [Fact]
    public void Leaked_samples_are_a_slice_of_their_own_and_a_gate_can_leave_them_out()
    {
        var spec = Spec(1) with
        {
            Gate = new GateSpec
            {
                Rules =
                [
                    new MinimumRule
                    {
                        Metric = "accuracy",
                        Slice = "leaked=no",
                        Minimum = 0.8,
                    },
                ],
            },
        };
        var result = OfflineScore.Compute(
            spec,
            Enumerable
                .Range(0, 10)
                .Select(row => new AnswerPair(Answer(row, 0, isRight: row < 8) with { Leak = row < 5 ? Leak.Exact : Leak.None }, null))
        );
        Assert.Equal(
            [("all", 0.8), ("leaked=no", 0.6), ("leaked=yes", 1.0)],
            result.Metrics.Where(line => line.Name == "accuracy").Select(line => (line.Slice, Math.Round(line.Value!.Value, 12)))
        );
        Assert.Equal(VerdictResult.Fail, result.Verdict!.Result);
    }

    private static EvaluationResult Score(int rows, Func<int, int, bool> isRight, int repeats = 3) =>
        OfflineScore.Compute(
            Spec(repeats),
            from row in Enumerable.Range(0, rows)
            from repeat in Enumerable.Range(1, repeats)
            select new AnswerPair(Answer(row, repeats > 1 ? repeat : 0, isRight(row, repeat)), null)
        );

    private static EvaluationSpec Spec(int repeats) =>
        new()
        {
            Task = ClassificationTask.Instance,
            Model = "m",
            Labels = ["yes", "no"],
            Metrics = [new MetricSpec { Name = "accuracy" }],
            Repeats = repeats,
        };

    private static EvaluatedSample Answer(int row, int repeat, bool isRight) =>
        new()
        {
            Id = row.ToString(CultureInfo.InvariantCulture),
            Ordinal = (row * 3) + repeat,
            Line = row + 1,
            Offset = row,
            Outcome = Outcome.Scored,
            References = ["yes"],
            Prediction = isRight ? "yes" : "no",
            Repeat = repeat,
        };
}
