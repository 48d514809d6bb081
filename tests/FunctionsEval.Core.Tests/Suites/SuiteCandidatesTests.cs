using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Suites;

namespace FunctionsEval.Core.Tests.Suites;

/// <summary>The verdict of a suite whose datasets have several candidates. The oracle is docs/spec.md.</summary>
public sealed class SuiteCandidatesTests
{
    [Fact]
    public void Two_candidates_that_each_pass_on_another_dataset_are_no_pass()
    {
        var ranked = SuiteCandidates.Rank(
            "s",
            [
                Group("a.jsonl", ("final", VerdictResult.Pass), ("step-90", VerdictResult.Fail)),
                Group("b.jsonl", ("final", VerdictResult.Fail), ("step-90", VerdictResult.Pass)),
            ]
        );

        var verdict = SuiteCandidates.VerdictOf(ranked);
        Assert.Equal(VerdictResult.Fail, verdict.Result);
        Assert.Equal(["final: critical a.jsonl passes", "final: critical b.jsonl fails"], verdict.Rules.Select(rule => rule.Reason));
        Assert.Equal(["critical b.jsonl fails", "critical a.jsonl fails"], ranked.Select(candidate => candidate.WhyNot));
    }

    [Fact]
    public void Candidate_that_passes_everywhere_passes_the_suite_and_is_named()
    {
        var ranked = SuiteCandidates.Rank(
            "s",
            [
                Group("a.jsonl", ("final", VerdictResult.Fail), ("step-90", VerdictResult.Pass), ("step-80", VerdictResult.Inconclusive)),
                Group("b.jsonl", ("final", VerdictResult.Pass), ("step-90", VerdictResult.Pass), ("step-80", VerdictResult.Pass)),
            ]
        );

        Assert.Equal(["step-90", "step-80", "final"], ranked.Select(candidate => candidate.Model));
        Assert.Equal(VerdictResult.Pass, SuiteCandidates.VerdictOf(ranked).Result);
        Assert.StartsWith("step-90: ", SuiteCandidates.VerdictOf(ranked).Rules[0].Reason, StringComparison.Ordinal);
        Assert.Null(ranked[0].WhyNot);
    }

    [Fact]
    public void Of_candidates_with_one_verdict_the_most_recommended_is_the_first()
    {
        var a = Group("a.jsonl", ("final", VerdictResult.Pass), ("step-90", VerdictResult.Pass));
        a = a with { Candidates = [a.Candidates![0], a.Candidates[1] with { Recommended = true }] };

        Assert.Equal(["step-90", "final"], SuiteCandidates.Rank("s", [a]).Select(candidate => candidate.Model));
    }

    [Fact]
    public void Verdict_of_another_model_says_nothing_of_a_candidate()
    {
        var single = new SuiteDataset("s/b.jsonl", SuiteTier.Critical)
        {
            RunId = "ev-b",
            Status = RunStatus.Completed,
            Model = "final",
            Verdict = VerdictResult.Pass,
        };

        var ranked = SuiteCandidates.Rank("s", [Group("a.jsonl", ("step-90", VerdictResult.Pass), ("final", VerdictResult.Pass)), single]);

        Assert.Equal(
            [("final", VerdictResult.Pass), ("step-90", VerdictResult.Inconclusive)],
            ranked.Select(candidate => (candidate.Model, candidate.Verdict!.Value))
        );
        Assert.Equal("critical b.jsonl has no verdict: run ev-b does not evaluate step-90", ranked[1].WhyNot);
    }

    [Fact]
    public void Names_that_differ_in_letter_case_are_one_candidate() =>
        Assert.Equal(
            ("Final", VerdictResult.Pass),
            Assert.Single(
                SuiteCandidates.Rank(
                    "s",
                    [Group("a.jsonl", ("Final", VerdictResult.Pass)), Group("b.jsonl", ("final", VerdictResult.Pass))]
                )
            )
                is var one
                ? (one.Model, one.Verdict!.Value)
                : default
        );

    [Theory]
    [InlineData(RunStatus.Partial)]
    [InlineData(RunStatus.Cancelled)]
    [InlineData(RunStatus.Failed)]
    public void Candidate_of_runs_that_did_not_complete_never_passes(RunStatus status)
    {
        var stopped = Group("a.jsonl", ("final", VerdictResult.Pass)) with { Status = status };

        Assert.Equal(VerdictResult.Inconclusive, Assert.Single(SuiteCandidates.Rank("s", [stopped])).Verdict);
    }

    [Fact]
    public void Missing_dataset_is_missing_for_every_candidate()
    {
        var missing = new SuiteDataset("s/b.jsonl", SuiteTier.Critical) { ErrorMessage = "there is no dataset of this name" };

        var ranked = SuiteCandidates.Rank("s", [Group("a.jsonl", ("final", VerdictResult.Pass), ("step-90", VerdictResult.Pass)), missing]);

        Assert.All(ranked, candidate => Assert.Equal(VerdictResult.Inconclusive, candidate.Verdict));
        Assert.Equal("critical b.jsonl has no verdict: there is no dataset of this name", ranked[0].WhyNot);
    }

    [Fact]
    public void Suite_without_several_candidates_has_none() =>
        Assert.Empty(SuiteCandidates.Rank("s", [new SuiteDataset("s/a.jsonl", SuiteTier.Critical) { Verdict = VerdictResult.Pass }]));

    private static SuiteDataset Group(string name, params (string Model, VerdictResult Verdict)[] candidates) =>
        new($"s/{name}", SuiteTier.Critical)
        {
            RunId = "ev-" + name,
            Status = RunStatus.Completed,
            Model = candidates[0].Model,
            Verdict = candidates.Any(candidate => candidate.Verdict == VerdictResult.Pass) ? VerdictResult.Pass : VerdictResult.Fail,
            Candidates =
            [
                .. candidates.Select(candidate => new SuiteDatasetCandidate(
                    candidate.Model,
                    $"ev-{name}-{candidate.Model}",
                    candidate.Verdict,
                    Recommended: false
                )),
            ],
        };
}
