using System.Globalization;
using Azure.Data.Tables;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Storage;

/// <summary>What the app rests on in its tables, whatever keeps them. Each test has runs of its own.</summary>
public abstract class TableContract
{
    private static int _tests;

    private readonly string _unique = Interlocked.Increment(ref _tests).ToString(CultureInfo.InvariantCulture);

    protected abstract TableServiceClient Service { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string RunId => "ev-" + _unique;

    private string Dataset => $"suite-{_unique}/test.jsonl";

    [Fact]
    public async Task Run_is_reserved_once_and_found_as_it_was_reserved()
    {
        var tables = await TablesAsync();
        var run = NewRun() with
        {
            Model = "m",
            Warnings = ["Look at it."],
            CandidateFigures = new ModelFigures { Coverage = 0.5, Requests = 7 },
        };

        Assert.True(await tables.TryReserveAsync(run, Cancellation));
        Assert.False(await tables.TryReserveAsync(run with { Model = "other" }, Cancellation));

        var found = (await tables.FindRunAsync(RunId, Cancellation))!.Run;
        Assert.Equal(run.Warnings, found.Warnings);
        Assert.Equal(run, found with { Warnings = run.Warnings, VerdictReasons = run.VerdictReasons });
    }

    [Fact]
    public async Task Run_that_is_not_there_is_not_found_and_not_changed()
    {
        var tables = await TablesAsync();

        Assert.Null(await tables.FindRunAsync(RunId, Cancellation));
        Assert.Null(await tables.FindRunAsync("no/run", Cancellation));
        Assert.False(await tables.UpdateRunAsync(RunId, run => run with { Samples = 1 }, Cancellation));
        Assert.False(await tables.TryBeginAsync(RunId, 0, Cancellation));
    }

    [Fact]
    public async Task Run_under_way_is_listed_as_open_until_it_is_struck_off()
    {
        var (tables, open) = (await TablesAsync(), new OpenRuns(Service));
        await tables.TryReserveAsync(NewRun(), Cancellation);

        var listed = await open.ReadAsync(Cancellation).FirstAsync(run => run.RunId == RunId, Cancellation);
        await open.AddAsync(RunId, Cancellation);
        await open.RemoveAsync(listed, Cancellation); // It was listed anew: this changes nothing.

        listed = await open.ReadAsync(Cancellation).FirstAsync(run => run.RunId == RunId, Cancellation);
        await open.RemoveAsync(listed, Cancellation);
        Assert.False(await open.ReadAsync(Cancellation).AnyAsync(run => run.RunId == RunId, Cancellation));
    }

    [Fact]
    public async Task Run_that_failed_before_it_began_is_not_listed_as_open()
    {
        await (await TablesAsync()).TryReserveAsync(NewRun() with { Status = RunStatus.Failed }, Cancellation);

        Assert.False(await new OpenRuns(Service).ReadAsync(Cancellation).AnyAsync(run => run.RunId == RunId, Cancellation));
    }

    [Fact]
    public async Task Change_sets_what_it_names_and_removes_what_there_is_not_any_more()
    {
        var tables = await TablesAsync();
        await tables.TryReserveAsync(NewRun() with { PreviousRun = "ev-0", Model = "m" }, Cancellation);

        Assert.True(await tables.UpdateRunAsync(RunId, run => run with { Samples = 3, PreviousRun = null }, Cancellation));

        var run = (await tables.FindRunAsync(RunId, Cancellation))!.Run;
        Assert.Equal((3L, null, "m"), (run.Samples, run.PreviousRun, run.Model));
    }

    [Fact]
    public async Task Of_two_that_decide_by_the_same_reading_one_does()
    {
        var tables = await TablesAsync();
        await tables.TryReserveAsync(NewRun() with { Status = RunStatus.AwaitingDeployment }, Cancellation);
        var (one, other) = ((await tables.FindRunAsync(RunId, Cancellation))!, (await tables.FindRunAsync(RunId, Cancellation))!);

        Assert.True(await tables.TryReleaseAsync(one, one.Run with { Model = "first" }, Cancellation));
        Assert.False(await tables.TryReleaseAsync(other, other.Run with { Model = "second" }, Cancellation));

        var run = (await tables.FindRunAsync(RunId, Cancellation))!.Run;
        Assert.Equal((RunStatus.Pending, "first"), (run.Status, run.Model));
    }

    [Fact]
    public async Task Run_ends_with_its_notification_and_begins_once_more_without_its_end()
    {
        var (tables, ends) = (await TablesAsync(), new RunEndTable(Service));
        await tables.TryReserveAsync(NewRun() with { Status = RunStatus.Running }, Cancellation);
        var stored = (await tables.FindRunAsync(RunId, Cancellation))!;
        var ended = stored.Run with
        {
            Status = RunStatus.Partial,
            Verdict = VerdictResult.Inconclusive,
            VerdictReasons = [new RuleVerdict(VerdictResult.Pass, "a"), new RuleVerdict(VerdictResult.Inconclusive, "b; c")],
            ErrorCode = "deadline",
            Finished = DateTimeOffset.UnixEpoch,
        };

        Assert.True(await ends.TryEndAsync(stored, ended, BinaryData.FromString("told"), Cancellation));
        Assert.False(await ends.TryEndAsync(stored, ended, BinaryData.FromString("told twice"), Cancellation));

        Assert.Equal("told", (await ends.FindNotificationAsync(RunId, 0, Cancellation))!.ToString());
        Assert.Null(await ends.FindNotificationAsync(RunId, 1, Cancellation));
        Assert.False(await tables.UpdateRunAsync(RunId, run => run with { Samples = 9 }, Cancellation));
        stored = (await tables.FindRunAsync(RunId, Cancellation))!;
        Assert.Equal(ended.VerdictReasons, stored.Run.VerdictReasons);
        Assert.True(
            await tables.TryReopenAsync(stored, new Reopening(DateTimeOffset.UnixEpoch, Waits: false, RepeatsFailed: true, 5), Cancellation)
        );

        var reopened = (await tables.FindUnderWayAsync(RunId, resumption: 1, Cancellation))!.Run;
        Assert.Equal(
            (RunStatus.Pending, null, null, null, 5.0, true),
            (reopened.Status, reopened.Verdict, reopened.ErrorCode, reopened.Finished, reopened.MaxCost, reopened.RepeatsFailed)
        );
        Assert.Null(await tables.FindUnderWayAsync(RunId, resumption: 0, Cancellation));
        Assert.False(await tables.TryBeginAsync(RunId, resumption: 0, Cancellation));
        Assert.True(await tables.TryBeginAsync(RunId, resumption: 1, Cancellation));
    }

    [Fact]
    public async Task Index_has_the_latest_runs_first()
    {
        var tables = await TablesAsync();
        foreach (var (name, hours) in new[] { ("second", 2), ("first", 1), ("third", 3) })
        {
            var run = NewRun() with { RunId = $"{RunId}-{name}", Started = DateTimeOffset.UnixEpoch.AddHours(hours), DatasetETag = name };
            await tables.TryReserveAsync(run, Cancellation);
            await tables.Index.AddAsync(run, Cancellation);
            await tables.Index.AddAsync(run, Cancellation);
        }

        var latest = await tables.Index.LatestAsync(Dataset, Cancellation);

        Assert.Equal(["third", "second", "first"], latest.Select(run => run.DatasetETag));
        Assert.Equal(VersionRuns.Evaluated, await tables.FindRunsAsync(Dataset, "first", Cancellation));
        Assert.Equal(VersionRuns.None, await tables.FindRunsAsync(Dataset, "fourth", Cancellation));
    }

    [Fact]
    public async Task Progress_is_the_sum_over_the_shards_of_a_role()
    {
        var tables = await TablesAsync();
        await tables.TryReserveAsync(NewRun(), Cancellation);
        await tables.WriteProgressAsync(RunId, new ShardProgress("candidate", 0, new OutcomeCounts { Scored = 1 }), Cancellation);
        await tables.WriteProgressAsync(RunId, new ShardProgress("candidate", 0, new OutcomeCounts { Scored = 3 }), Cancellation);
        await tables.WriteProgressAsync(
            RunId,
            new ShardProgress("candidate", 1, new OutcomeCounts { Scored = 4, Truncated = 1 }),
            Cancellation
        );
        await tables.WriteProgressAsync(RunId, new ShardProgress("baseline", 0, new OutcomeCounts { Exhausted = 2 }), Cancellation);

        var progress = await tables.Progress.ReadAsync(RunId, Cancellation);

        Assert.Equal(["baseline", "candidate"], progress.Keys);
        Assert.Equal(new OutcomeCounts { Scored = 7, Truncated = 1 }, progress["candidate"]);
        Assert.Equal(new OutcomeCounts { Exhausted = 2 }, progress["baseline"]);
    }

    [Fact]
    public async Task Numbers_are_found_by_run_and_by_role_and_slice()
    {
        var tables = await TablesAsync();
        MetricValue[] values =
        [
            Number("baseline", "accuracy", "all"),
            Number("candidate", "accuracy", "all") with
            {
                Kind = MetricKind.Headline,
                Reading = MetricReading.Better,
                PValueIsBound = true,
            },
            Number("candidate", "accuracy", "source=o'hara") with
            {
                Value = null,
                Undefined = "no_sample",
            },
            .. Enumerable.Range(0, 150).Select(number => Number("candidate", $"f1[{number:D3}]", "all")),
        ];

        await tables.Metrics.WriteAsync(RunId, values, Cancellation);
        await tables.Metrics.WriteAsync(RunId, values, Cancellation);

        Assert.Equal(values, await tables.Metrics.ReadAsync(RunId, Cancellation));
        Assert.Equal(values[2..3], await tables.Metrics.ReadAsync(RunId, "candidate", "source=o'hara", Cancellation));
    }

    [Fact]
    public async Task Job_is_added_once_and_unsettled_until_it_is_settled()
    {
        var events = new EventTable(Service);
        await events.CreateIfMissingAsync(Cancellation);
        var job = "ftjob-" + _unique;

        Assert.True(await events.TryAddJobAsync(job, DateTimeOffset.UnixEpoch, Cancellation));
        Assert.False(await events.TryAddJobAsync(job, DateTimeOffset.UnixEpoch, Cancellation));
        Assert.True(await events.UnsettledJobsAsync(Cancellation).ContainsAsync(job, cancellationToken: Cancellation));
        Assert.False(await events.IsSettledAsync(job, Cancellation));

        await events.SettleJobAsync(job, Cancellation);

        Assert.False(await events.UnsettledJobsAsync(Cancellation).ContainsAsync(job, cancellationToken: Cancellation));
        Assert.True(await events.IsSettledAsync(job, Cancellation));
    }

    [Fact]
    public async Task Message_is_known_once_it_is_remembered()
    {
        var events = new EventTable(Service);
        await events.CreateIfMissingAsync(Cancellation);
        var message = "msg/" + _unique;

        Assert.False(await events.IsKnownMessageAsync(message, Cancellation));
        await events.RememberMessageAsync(message, DateTimeOffset.UnixEpoch, Cancellation);
        Assert.True(await events.IsKnownMessageAsync(message, Cancellation));
    }

    [Fact]
    public async Task Shards_reserve_no_more_than_the_ceiling_together()
    {
        await TablesAsync();
        var budget = new RunBudgetTable(Service, TimeProvider.System);
        var (one, other) = (new BudgetKey(RunId, "candidate", 0), new BudgetKey(RunId, "candidate", 1));
        await budget.ChangeAsync(RunId, [new BudgetChange.Take(one, "a", 1, 0), new BudgetChange.Take(other, "b", 1, 0)], Cancellation);

        var first = await ReserveAsync(one, "a", min: 1, max: 6);
        var second = await ReserveAsync(other, "b", min: 4, max: 6);
        var lost = await ReserveAsync(other, "a", min: 0, max: 0);
        await budget.ChangeAsync(RunId, [new BudgetChange.Settle(one, 1, 2)], Cancellation);
        var more = await ReserveAsync(other, "b", min: 1, max: 8);
        var rest = await ReserveAsync(other, "b", min: 9, max: 9);

        // Half of what there is for each that holds something: 10 ÷ 2, what it can use at least of 5, 8 ÷ 2; and never more than there is.
        Assert.Equal((5m, 4m, 4m, 0m), (first.Amount, second.Amount, more.Amount, rest.Amount));
        Assert.False(lost.IsOwner);

        async Task<BudgetGrant> ReserveAsync(BudgetKey key, string owner, decimal min, decimal max)
        {
            var request = new BudgetRequest(Spent: 0, Min: min, Max: max);
            var made = await budget.ChangeAsync(RunId, [new BudgetChange.Reserve(key, owner, request, Ceiling: 10)], Cancellation);
            return made.Grants[0];
        }
    }

    private static MetricValue Number(string role, string name, string slice) =>
        new()
        {
            Role = role,
            Name = name,
            Slice = slice,
            Value = 0.5,
            Samples = 10,
            HigherIsBetter = true,
            Signature = "s",
        };

    private Run NewRun() =>
        new()
        {
            RunId = RunId,
            Status = RunStatus.Pending,
            Dataset = Dataset,
            DatasetETag = "\"1\"",
            Started = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        };

    private async Task<RunTables> TablesAsync()
    {
        var tables = new RunTables(Service, new OpenRuns(Service));
        await tables.CreateIfMissingAsync(Cancellation);
        return tables;
    }
}

/// <summary>The tables in memory that other tests use.</summary>
public sealed class MemoryTableContractTests : TableContract
{
    protected override TableServiceClient Service { get; } = new MemoryTables();
}

/// <summary>The tables of Azurite.</summary>
[Collection<OneAzurite>]
public sealed class AzuriteTableContractTests(AzuriteStorage azurite) : TableContract
{
    protected override TableServiceClient Service => azurite.Tables;
}
