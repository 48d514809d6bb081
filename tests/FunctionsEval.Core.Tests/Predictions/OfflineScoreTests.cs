using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;

namespace FunctionsEval.Core.Tests.Predictions;

/// <summary>Oracle: counted by hand.</summary>
public sealed class OfflineScoreTests
{
    private static readonly EvaluationSpec Spec = new()
    {
        Task = ClassificationTask.Instance,
        Model = "m",
        Labels = ["a", "b"],
        Slices = ["lang"],
        Gate = new GateSpec
        {
            Rules = [new MinimumRule { Metric = "accuracy", Minimum = 0.5 }, new MinimumCoverageRule { MinimumCoverage = 0.9 }],
        },
    };

    [Fact]
    public void Compute_counts_an_unparsable_answer_as_wrong_and_a_failed_call_not_at_all()
    {
        var result = OfflineScore.Compute(
            Spec,
            [
                new(Row("1", Outcome.Scored, "a", "a"), null),
                new(Row("2", Outcome.Scored, "b", "a"), null),
                new(Row("3", Outcome.Unparsable, null, "b"), null),
                new(Row("4", Outcome.Exhausted, null, "b"), null),
            ]
        );

        var accuracy = result.Metrics.Single(line => line is { Name: "accuracy", Slice: "all" });
        Assert.Equal(1.0 / 3, accuracy.Value!.Value, 12);
        Assert.Equal(3, accuracy.Samples);
        Assert.Equal(0.75, result.Coverage["candidate"]!.Value);
        Assert.Equal(VerdictResult.Fail, result.Verdict!.Result);
    }

    [Fact]
    public void Compute_gives_every_metric_per_slice_and_beside_the_baseline()
    {
        var result = OfflineScore.Compute(
            Spec,
            [
                new(Row("1", Outcome.Scored, "a", "a", "en"), Row("1", Outcome.Scored, "b", "a", "en")),
                new(Row("2", Outcome.Scored, "b", "b", "de"), Row("2", Outcome.Scored, "b", "b", "de")),
            ]
        );

        var english = result.Metrics.Single(line => line is { Role: "candidate", Name: "accuracy", Slice: "lang=en" });
        Assert.Equal((1.0, 1.0, 1L, 0L), (english.Value, english.Difference, english.Gained, english.Lost));
    }

    [Theory]
    [InlineData(0.9, true)]
    [InlineData(0.5, false)]
    public void Warning_of_low_coverage_says_that_nothing_is_compared_only_where_the_gate_compares_nothing(double minimum, bool isSaid)
    {
        var spec = Spec with { Gate = new GateSpec { Rules = [new MinimumCoverageRule { MinimumCoverage = minimum }] } };
        var result = OfflineScore.Compute(
            spec,
            [
                new(Row("1", Outcome.Scored, "a", "a"), null),
                new(Row("2", Outcome.Scored, "a", "a"), null),
                new(Row("3", Outcome.Exhausted, null, "b"), null),
            ]
        );

        var warning = Assert.Single(result.Warnings, warning => warning.Contains("coverage 66.7 %", StringComparison.Ordinal));
        Assert.Equal(isSaid, warning.Contains("no comparison rests on them", StringComparison.Ordinal));
    }

    [Fact]
    public void Compute_of_nothing_is_undefined_and_inconclusive()
    {
        var result = OfflineScore.Compute(Spec, []);

        Assert.All(result.Metrics, line => Assert.Null(line.Value));
        Assert.Equal(VerdictResult.Inconclusive, result.Verdict!.Result);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Compute_of_samples_none_of_which_counts_is_inconclusive_and_says_why(bool hasGate)
    {
        EvaluatedSample Refused(string id, string reason) => Row(id, Outcome.Rejected, null, "a") with { Reason = reason };

        var result = OfflineScore.Compute(
            hasGate ? Spec : Spec with { Gate = null },
            [
                new(Refused("1", "a_code: The endpoint refused the request."), null),
                new(Refused("2", "unsupported_value: temperature is not supported."), null),
                new(Refused("3", "unsupported_value: temperature is not supported."), null),
                new(Row("4", Outcome.Exhausted, null, "b"), null),
            ]
        );

        Assert.Equal(VerdictResult.Inconclusive, result.Verdict!.Result);
        Assert.Equal(
            [
                new RuleVerdict(
                    VerdictResult.Inconclusive,
                    "no sample counts in the metrics: 3 of 4 are rejected, most often unsupported_value: temperature is not supported"
                ),
            ],
            result.Verdict.Rules
        );
    }

    [Fact]
    public void Compute_of_nothing_without_a_gate_is_inconclusive_too() =>
        Assert.Equal(
            "no sample counts in the metrics: no sample was evaluated",
            Assert.Single(OfflineScore.Compute(Spec with { Gate = null }, []).Verdict!.Rules).Reason
        );

    private static EvaluatedSample Row(string id, Outcome outcome, string? prediction, string reference, string? language = null) =>
        new()
        {
            Id = id,
            Ordinal = 0,
            Line = 1,
            Offset = 0,
            Outcome = outcome,
            Prediction = prediction,
            References = [reference],
            Tags = language is null ? null : new Dictionary<string, string> { ["lang"] = language },
        };
}
