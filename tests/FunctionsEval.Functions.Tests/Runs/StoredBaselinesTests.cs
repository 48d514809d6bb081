using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Reports;

namespace FunctionsEval.Functions.Tests.Runs;

/// <summary>Which run is the baseline that a spec means, and what becomes of its answers.</summary>
public sealed class StoredBaselinesTests
{
    private const string Bytes = "the same bytes";
    private const int Rows = 30;

    private readonly EvaluatedRuns _runs = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private StoredBaselines Baselines => new(_runs.Tables, _runs.Blobs);

    [Fact]
    public async Task Latest_is_the_last_completed_run_of_these_bytes_with_another_model()
    {
        await AddAsync("older", "production");
        await AddAsync("meant", "production");
        await AddAsync("failed", "production", run => run with { Status = RunStatus.Failed });
        await AddAsync("partial", "production", run => run with { Status = RunStatus.Partial });
        await AddAsync("other-bytes", "production", run => run with { DatasetHash = "others" });
        await AddAsync("elsewhere", "production", run => run with { Dataset = "another/test.jsonl" });
        await AddAsync("own", "Candidate");

        Assert.Equal("meant", await LatestAsync("run:latest"));
    }

    /// <summary>Otherwise one of the candidates would be held against its own earlier answers, and the others against those.</summary>
    [Fact]
    public async Task Latest_is_of_none_of_several_candidates()
    {
        await AddAsync("meant", "production");
        await AddAsync("own", "Second");
        _runs.Spec = _runs.Spec with { Candidates = ["second", "third"] };

        Assert.Equal("meant", await LatestAsync("run:latest"));
    }

    /// <summary>A rejected candidate is no production model, although its run is later.</summary>
    [Theory]
    [InlineData(VerdictResult.Fail, "production")]
    [InlineData(VerdictResult.Inconclusive, "production")]
    [InlineData(VerdictResult.Pass, "tried")]
    [InlineData(null, "tried")]
    public async Task Candidate_that_did_not_pass_against_a_baseline_is_passed_over(VerdictResult? verdict, string expected)
    {
        await AddAsync("production", "production", run => run with { Verdict = VerdictResult.Fail });
        await AddAsync("tried", "tried", run => run with { Baseline = "production", Verdict = verdict });

        Assert.Equal(expected, await LatestAsync("run:latest"));
        Assert.Equal("tried", await LatestAsync("run:latest:tried"));
    }

    [Fact]
    public async Task Same_bytes_under_another_name_of_the_suite_are_found()
    {
        await AddAsync("renamed", "production", run => run with { Dataset = "suite/before.jsonl" });

        Assert.Equal("renamed", await LatestAsync("run:latest"));
    }

    [Fact]
    public async Task Latest_run_whose_answers_can_be_used_is_taken_and_the_first_problem_told_where_none_can()
    {
        await AddAsync("usable", "production");
        var spec = _runs.Spec;
        _runs.Spec = spec with { Repeats = 2 };
        await AddAsync("repeated", "production");
        _runs.Spec = spec;

        Assert.Equal("usable", await LatestAsync("run:latest"));
        var (_, failure) = await ResolveAsync("run:repeated");
        Assert.Equal("baseline_run_differs", failure!.Code);
        Assert.Contains("repeats: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolved_spec_names_the_run_and_the_row_the_model_and_the_run()
    {
        await AddAsync("meant", "production");

        var (resolved, _) = await ResolveAsync("run:latest");

        Assert.Equal("run:meant", resolved!.Spec.Baseline);
        Assert.Equal("run:latest", resolved.Written.Baseline);
        var run = resolved.Apply(new Run { RunId = "ev-1", Status = RunStatus.Pending });
        Assert.Equal(("m", "meant"), (run.Baseline, run.BaselineRun));
        var (called, _) = await ResolveAsync("production");
        Assert.Equal((null, "production"), (called!.Stored, called.Spec.Baseline));
    }

    [Fact]
    public async Task Missing_run_is_told_with_what_was_looked_for_and_the_fix()
    {
        await AddAsync("own", "candidate");
        await AddAsync("unfinished", "production", run => run with { Status = RunStatus.Cancelled });

        var (_, none) = await ResolveAsync("run:latest");
        var (_, unknown) = await ResolveAsync("run:ev-unknown");
        var (_, unfinished) = await ResolveAsync("run:unfinished");

        Assert.All(new[] { none, unknown, unfinished }, failure => Assert.Equal("no_baseline_run", failure!.Code));
        Assert.Contains("datasets/suite/test.jsonl and another model than 'candidate'", none!.Message, StringComparison.Ordinal);
        Assert.Contains("Evaluate the baseline once", none.Message, StringComparison.Ordinal);
        Assert.Contains("no run ev-unknown", unknown!.Message, StringComparison.Ordinal);
        Assert.Contains("is Cancelled", unfinished!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Group_is_refused_with_all_runs_that_can_be_meant_its_baselines_included()
    {
        var baseline = RunId.CreateMember("group", Roles.Baseline, "production");
        await AddAsync(
            "group",
            "a",
            run => run with { Baseline = "production", BaselineRun = baseline, Candidates = ["a", "b"], CandidateRuns = ["ev-a", "ev-b"] }
        );

        var (_, failure) = await ResolveAsync("run:group");

        Assert.Contains($"Name one of its runs: {baseline} (production), ev-a (a), ev-b (b).", failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_of_other_bytes_is_refused()
    {
        await AddAsync("other", "production", run => run with { DatasetHash = "others" });

        var (_, failure) = await ResolveAsync("run:other");

        Assert.Equal("baseline_run_differs", failure!.Code);
        Assert.Contains("other bytes", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Answers_of_a_shard_are_found_however_both_runs_were_cut(int shards)
    {
        await AddAsync("meant", "production");
        await AddAsync("cut", "cut", shards: shards);
        var plan = await PlanAsync("cut", "run:meant");
        var found = 0;
        for (var shard = 0; shard < plan.Manifest.Shards.Count; shard++)
        {
            var answers = await StoredAnswers.ReadAsync(_runs.Blobs, plan, shard, Cancellation);
            var own = await _runs.Blobs.ReadShardLogAsync(plan.Manifest, Roles.Candidate, shard, Cancellation);
            foreach (var (key, row) in own.Rows)
            {
                Assert.Equal(row.Prediction, answers.Find(key, row.Id)!.Prediction);
                Assert.Null(answers.Find(key, "another id"));
                found++;
            }
        }

        Assert.Equal(Rows, found);
    }

    [Fact]
    public async Task Run_that_is_planned_again_or_deleted_after_the_planning_is_not_read()
    {
        await AddAsync("meant", "production");
        await AddAsync("cut", "cut");
        var plan = await PlanAsync("cut", "run:meant");

        await _runs.Blobs.WriteManifestAsync(await _runs.Blobs.ReadManifestAsync("meant", Cancellation), Cancellation);
        var changed = await Assert.ThrowsAsync<StoredBaselineException>(() => StoredAnswers.ReadAsync(_runs.Blobs, plan, 0, Cancellation));
        _runs.Storage.Delete($"runs/{StorageNames.ShardLog("meant", Roles.Candidate, 0)}");
        var deleted = await Assert.ThrowsAsync<StoredBaselineException>(() => StoredAnswers.ReadAsync(_runs.Blobs, plan, 0, Cancellation));

        Assert.Equal("baseline_run_changed", changed.Failure.Code);
        Assert.Equal("baseline_run_deleted", deleted.Failure.Code);
    }

    /// <summary>The run of <paramref name="runId"/> with another one's answers as its baseline's.</summary>
    private async Task<RunPlan> PlanAsync(string runId, string baseline)
    {
        var (resolved, failure) = await ResolveAsync(baseline);
        Assert.Null(failure);
        var manifest = await _runs.Blobs.ReadManifestAsync(runId, Cancellation);
        return new RunPlan(manifest with { BaselineRun = resolved!.Stored }, resolved.Spec, training: null);
    }

    private Task AddAsync(string runId, string model, Func<Run, Run>? change = null, int shards = 2) =>
        _runs.AddAsync(
            runId,
            Enumerable.Range(0, Rows).Select(row => new EvaluatedRow($"n{row}", $"q{row}", "odd", row % 3 == 0 ? "even" : "odd")),
            run => (change ?? (same => same))(run with { Model = model, DatasetHash = Bytes }),
            shards
        );

    private async Task<string?> LatestAsync(string baseline)
    {
        var (resolved, failure) = await ResolveAsync(baseline);
        Assert.Null(failure);
        return resolved!.Stored?.RunId;
    }

    private Task<(ResolvedBaseline? Resolved, RunFailure? Failure)> ResolveAsync(string baseline) =>
        Baselines.ResolveAsync(
            new DatasetVersion(EvaluatedRuns.Dataset, "now", 1, Bytes),
            _runs.Spec with
            {
                Model = "candidate",
                Baseline = baseline,
            },
            Cancellation
        );
}
