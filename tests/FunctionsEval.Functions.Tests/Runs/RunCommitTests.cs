using Azure.Data.Tables;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Storage;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Tests.Runs;

/// <summary>A run ends once, in one transaction; whoever comes late changes nothing.</summary>
public sealed class RunCommitTests
{
    private const string RunId = "ev-1";
    private const string Passed =
        """{"runId":"ev-1","verdict":{"result":"pass","rules":[{"result":"pass","reason":"accuracy 1 is at least 0.5"}]}}""";

    private static readonly DateTime Finished = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private readonly MemoryTables _service = new();
    private readonly MemoryBlobs _blobs = new();
    private readonly MemoryTable _runs;
    private readonly RunTables _tables;
    private readonly RunEndTable _ends;
    private readonly FineTuningOptions _fineTuning = new();
    private readonly RunCommit _commit;

    public RunCommitTests()
    {
        _runs = _service.Table("EvaluationRuns");
        _tables = new RunTables(_service, new OpenRuns(_service));
        _ends = new RunEndTable(_service);
        _commit = new RunCommit(
            _tables,
            _ends,
            new RunBlobs(_blobs),
            new ModelRegistry([], _ => throw new NotSupportedException()),
            Options.Create(_fineTuning),
            Options.Create(new EvaluationOptions())
        );
        _blobs.Contents[$"runs/{RunId}/summary.json"] = BinaryData.FromString(Passed);
        _blobs.Contents[$"runs/{RunId}/report.html"] = BinaryData.FromString("<title>pass</title>");
    }

    private TableEntity Row => _runs.Find(RunId, "run")!;

    [Fact]
    public async Task Run_that_the_app_deployed_models_for_has_the_hours_of_their_hosting_until_its_end()
    {
        _fineTuning.DeployHourlyPrice = 1.5m;
        Begin();
        await _tables.UpdateRunAsync(
            RunId,
            run => run with { Started = Finished.AddHours(-3), DeployedSince = Finished.AddHours(-2), Deployments = 3 },
            default
        );

        await CommitAsync(failure: null);

        Assert.Equal((6.0, 9.0), (Row.GetDouble("HostingHours"), Row.GetDouble("HostingCost")));
    }

    [Fact]
    public async Task Summary_without_what_an_overview_reads_keeps_no_run_from_its_end()
    {
        const string Nulls =
            ""","name":"n","task":null,"dataset":null,"models":null,"isComplete":true,"outcomes":null,"coverage":null,"usage":null,"metrics":null,"spec":{},"codeVersion":"1"}""";
        _blobs.Contents[$"runs/{RunId}/summary.json"] = BinaryData.FromString(Passed[..^1] + Nulls);
        Begin();

        await CommitAsync(failure: null);

        Assert.Equal(("Completed", "pass"), (Row.GetString("Status"), Row.GetString("Verdict")));
    }

    [Fact]
    public async Task Completed_run_takes_the_verdict_of_its_summary()
    {
        Begin();

        await CommitAsync(failure: null);

        Assert.Equal(
            ("Completed", "pass", "pass: accuracy 1 is at least 0.5"),
            (Row.GetString("Status"), Row.GetString("Verdict"), Row.GetString("VerdictReasons"))
        );
        Assert.Equal(2, _blobs.Contents.Count);
    }

    [Fact]
    public async Task Failed_run_has_no_verdict_anywhere_though_its_summary_was_written()
    {
        Begin();

        await CommitAsync(new RunFailure("internal_error", "WriteSummary failed."));

        Assert.Equal(("Failed", null, "internal_error"), (Row.GetString("Status"), Row.GetString("Verdict"), Row.GetString("ErrorCode")));
        Assert.Empty(_blobs.Contents);
        Assert.Contains("\"verdict\":null", (await FindAsync(resumption: 0))!.Body.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_that_is_resumed_and_cancelled_before_it_is_summed_up_does_not_keep_the_summary_of_its_completion()
    {
        Begin(resumptions: 1);

        await CommitAsync(RunFailure.Cancelled, resumption: 1);

        Assert.Equal(("Cancelled", null), (Row.GetString("Status"), Row.GetString("Verdict")));
        Assert.Empty(_blobs.Contents);
    }

    [Fact]
    public async Task Stopped_run_keeps_its_summary()
    {
        _blobs.Contents[$"runs/{RunId}/summary.json"] = BinaryData.FromString("""{"verdict":{"result":"inconclusive","rules":[]}}""");
        Begin();

        await CommitAsync(RunFailure.OverBudget);

        Assert.Equal(("Partial", "inconclusive", 2), (Row.GetString("Status"), Row.GetString("Verdict"), _blobs.Contents.Count));
    }

    [Fact]
    public async Task Commit_that_is_repeated_or_comes_late_changes_nothing()
    {
        Begin();
        await CommitAsync(failure: null);
        var ended = Row;
        var told = (await FindAsync(resumption: 0))!;

        Assert.NotNull(await CommitAsync(failure: null));
        Assert.Null(
            await _commit.CommitAsync(new RunEnd(RunId, Finished.AddMinutes(1), new RunFailure("internal_error", "late"), 0), default)
        );

        Assert.Equal(ended, Row);
        Assert.Equal(told.Body.ToArray(), (await FindAsync(resumption: 0))!.Body.ToArray());
        Assert.Equal(2, _blobs.Contents.Count);
    }

    [Fact]
    public async Task Commit_of_an_earlier_resumption_changes_nothing()
    {
        Begin(resumptions: 1);

        Assert.Null(await CommitAsync(new RunFailure("internal_error", "late"), resumption: 0));

        Assert.Equal("Running", Row.GetString("Status"));
        Assert.Equal(2, _blobs.Contents.Count);
        Assert.NotNull(await CommitAsync(failure: null, resumption: null)); // An orchestration from before resumptions were said.
    }

    [Theory]
    [InlineData("AwaitingDeployment", "Failed")]
    [InlineData("Pending", "Pending")]
    [InlineData("Running", "Running")]
    public async Task Run_that_was_released_is_not_ended_for_want_of_its_model(string status, string after)
    {
        _runs.Set(new TableEntity(RunId, "run") { ["Status"] = status, ["Dataset"] = "a/b.jsonl" });

        await _commit.CommitAsync(new RunEnd(RunId, Finished, RunFailure.NotDeployed("ft:1"), 0) { OnlyIfWaiting = true }, default);

        Assert.Equal(after, Row.GetString("Status"));
    }

    [Fact]
    public async Task Commit_does_not_bring_a_deleted_run_back()
    {
        Assert.Null(await CommitAsync(failure: null));

        Assert.Empty(_runs.Rows);
    }

    [Fact]
    public async Task Commit_whose_answer_was_lost_is_found_to_be_its_own()
    {
        Begin();
        _runs.LosesAnswer = true;

        Assert.NotNull(await CommitAsync(failure: null));

        Assert.Equal("Completed", Row.GetString("Status"));
    }

    [Fact]
    public async Task Row_that_changes_between_reading_and_committing_keeps_the_change()
    {
        Begin();
        _runs.BeforeTransaction = () =>
        {
            _runs.BeforeTransaction = null;
            var changed = new TableEntity(Row) { ["CancelRequested"] = true };
            _runs.Set(changed);
        };

        await CommitAsync(failure: null);

        Assert.Equal(("Completed", true), (Row.GetString("Status"), Row.GetBoolean("CancelRequested")));
    }

    [Fact]
    public async Task Notification_stays_that_of_its_end_when_the_run_is_resumed_and_ends_otherwise()
    {
        Begin();
        await CommitAsync(RunFailure.Cancelled);
        var told = (await FindAsync(resumption: 0))!;
        Assert.True(
            await _tables.TryReopenAsync(
                (await _tables.FindRunAsync(RunId, default))!,
                new Reopening(DateTimeOffset.UtcNow, Waits: false, RepeatsFailed: false, MaxCost: null),
                default
            )
        );

        Assert.Equal(
            (told.Id, told.Body.ToString()),
            ((await FindAsync(resumption: 0))!.Id, (await FindAsync(resumption: 0))!.Body.ToString())
        );
        Assert.Null(await FindAsync(resumption: 1)); // Nothing is told of a run that is under way.
        Assert.Null(await FindAsync(resumption: null));

        await CommitAsync(failure: null, resumption: 1);

        Assert.Equal(told.Body.ToString(), (await FindAsync(resumption: 0))!.Body.ToString());
        Assert.Contains("evaluation.completed", (await FindAsync(resumption: 1))!.Body.ToString(), StringComparison.Ordinal);
        Assert.Equal($"{RunId}-1", (await FindAsync(resumption: 1))!.Id);
    }

    [Fact]
    public async Task Notification_of_a_run_that_an_earlier_version_ended_is_made_of_its_row()
    {
        _runs.Set(
            new TableEntity(RunId, "run")
            {
                ["Status"] = "Completed",
                ["Verdict"] = "pass",
                ["Dataset"] = "a/b.jsonl",
            }
        );

        Assert.Contains("\"verdict\":\"pass\"", (await FindAsync(resumption: null))!.Body.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Late_writers_change_neither_an_ended_run_nor_a_resumed_one_nor_bring_a_deleted_one_back()
    {
        static Run Late(Run run) => run with { Status = RunStatus.Running, Samples = 3 };
        var progress = new ShardProgress("candidate", 0, new OutcomeCounts { Scored = 3 });

        Assert.False(await _tables.UpdateRunAsync(RunId, Late, default));
        await _tables.WriteProgressAsync(RunId, progress, default);
        Assert.Empty(_runs.Rows);

        Begin(resumptions: 1);
        Assert.False(await _tables.UpdateRunAsync(RunId, Late, default, resumption: 0));
        Assert.True(await _tables.UpdateRunAsync(RunId, Late, default, resumption: 1));
        await CommitAsync(failure: null, resumption: 1);
        var rows = _runs.Rows.Count;

        Assert.False(await _tables.UpdateRunAsync(RunId, Late, default));
        await _tables.WriteProgressAsync(RunId, progress, default);
        Assert.Equal(("Completed", rows), (Row.GetString("Status"), _runs.Rows.Count));
    }

    [Fact]
    public async Task Column_that_a_later_execution_does_not_find_any_more_is_removed()
    {
        Begin();
        await _tables.UpdateRunAsync(RunId, run => run with { PreviousRun = "ev-deleted", Warnings = ["Worse."], Samples = 3 }, default);
        Assert.Equal(("ev-deleted", "[\"Worse.\"]"), (Row.GetString("PreviousRun"), Row.GetString("Warnings")));

        await _tables.UpdateRunAsync(RunId, run => run with { PreviousRun = null, Warnings = [] }, default);

        Assert.False(Row.ContainsKey("PreviousRun"));
        Assert.False(Row.ContainsKey("Warnings"));
        Assert.Equal(("Running", 3L, "a/b.jsonl"), (Row.GetString("Status"), Row.GetInt64("Samples"), Row.GetString("Dataset")));
    }

    private void Begin(int resumptions = 0) =>
        _runs.Set(
            new TableEntity(RunId, "run")
            {
                ["Status"] = "Running",
                ["Resumptions"] = resumptions,
                ["Dataset"] = "a/b.jsonl",
            }
        );

    private Task<Run?> CommitAsync(RunFailure? failure, int? resumption = 0) =>
        _commit.CommitAsync(new RunEnd(RunId, Finished, failure, resumption), default);

    private Task<Notification?> FindAsync(int? resumption) =>
        Notification.FindAsync(new NotifyRequest(RunId, "ci", resumption), _tables, _ends, default);
}
