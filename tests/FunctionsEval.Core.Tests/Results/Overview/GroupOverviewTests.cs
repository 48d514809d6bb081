using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using static FunctionsEval.Core.Tests.Results.Overview.OverviewSamples;

namespace FunctionsEval.Core.Tests.Results.Overview;

/// <summary>The overview of a group of candidates.</summary>
public sealed class GroupOverviewTests
{
    private const string Spec = """
        {
          "task": "classification", "candidates": ["one", "two", "three"], "baseline": "base", "labels": ["a", "b"],
          "gate": { "rules": [ { "metric": "accuracy", "minimum": 0.88 }, { "metric": "accuracy", "notWorseThanBaselineBy": 0.01 } ] }
        }
        """;

    private static RunOverview Overview => RunOverview.From(Completed() with { Model = "one" }, Group);

    private static RunSummary Group =>
        Summary(Spec, []) with
        {
            Candidates = new CandidatesSummary
            {
                Baseline = "base",
                Level = 0.95,
                Tried = 3,
                Recommended = ["two"],
                Verdict = new Verdict(VerdictResult.Pass, [new RuleVerdict(VerdictResult.Pass, "two passes")]),
                Candidates =
                [
                    Candidate("one", VerdictResult.Fail),
                    Candidate("two", VerdictResult.Pass) with
                    {
                        Recommended = true,
                    },
                    Candidate("three", verdict: null) with
                    {
                        Status = RunStatus.Failed,
                        NotCompared = "Its run failed.",
                    },
                ],
                Numbers =
                [
                    new CandidatesNumber
                    {
                        Name = "accuracy",
                        Slice = SliceNames.All,
                        Kind = MetricKind.Headline,
                        HigherIsBetter = true,
                        Baseline = 0.85,
                        Candidates = [Number("one", 0.8, -0.05), Number("two", 0.93, 0.08)],
                    },
                ],
            },
        };

    [Fact]
    public void Group_says_who_passes_and_who_is_recommended()
    {
        Assert.Equal("1 of 3 candidates passes; recommended: two", Overview.Title);
        Assert.Equal(["two"], Overview.Recommended!);
        Assert.Null(Overview.Headline);
        Assert.Equal(["two passes"], Overview.Reasons.Select(rule => rule.Reason));
    }

    [Fact]
    public void Each_candidate_has_its_own_numbers_bounds_and_verdict_on_one_axis()
    {
        var (one, two, three) = (Overview.Candidates![0], Overview.Candidates[1], Overview.Candidates[2]);

        Assert.Equal("Accuracy 80.0 %, 5.0 points worse than base (3.0 to 7.0), p = 0.010", Assert.Single(one.Headline).Sentence);
        Assert.Equal("Accuracy 93.0 %, 8.0 points better than base (6.0 to 10.0), p = 0.010", Assert.Single(two.Headline).Sentence);
        Assert.Equal((VerdictResult.Fail, VerdictResult.Pass), (one.Headline[0].Bound!.Result, two.Headline[0].Bound!.Result));
        Assert.Equal(("85.0 %", 0.84), (two.Headline[0].Baseline!.Text, Math.Round(two.Headline[0].Margin!.Limit!.Value, 9)));
        Assert.Equal(one.Headline[0].Axis!.Maximum, two.Headline[0].Axis!.Maximum);
        Assert.InRange(0.93, one.Headline[0].Axis!.Minimum, one.Headline[0].Axis!.Maximum);
        Assert.Equal((RunStatus.Failed, "Its run failed.", 0), (three.Status, three.NotCompared, three.Headline.Count));
    }

    [Fact]
    public void Row_of_a_group_has_the_number_of_the_recommended_candidate() => Assert.Equal("93.0 %", RunHeadline.From(Group)!.Text);

    [Fact]
    public void Group_that_was_cancelled_has_no_result_in_its_title()
    {
        var overview = RunOverview.From(Completed(VerdictResult.Inconclusive) with { Status = RunStatus.Cancelled, Model = "one" }, Group);

        Assert.StartsWith("Cancelled: ", overview.Title, StringComparison.Ordinal);
        Assert.Empty(overview.Reasons);
    }

    private static CandidateResult Candidate(string model, VerdictResult? verdict) =>
        new()
        {
            Model = model,
            RunId = $"ev-{model}",
            Status = RunStatus.Completed,
            Verdict = verdict is { } result
                ? new Verdict(result, [new RuleVerdict(result, "it is so"), new RuleVerdict(result, "and so")])
                : null,
        };

    private static CandidateNumber Number(string model, double value, double difference) =>
        new()
        {
            Model = model,
            Value = value,
            Samples = 3080,
            Difference = difference,
            DifferenceLower = difference - 0.02,
            DifferenceUpper = difference + 0.02,
            PValue = 0.005,
            AdjustedPValue = 0.01,
            Reading = difference > 0 ? MetricReading.Better : MetricReading.Worse,
        };
}
