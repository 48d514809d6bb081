using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace FunctionsEval.Functions.Tests.Runs;

/// <summary>The one way in which a run comes to be.</summary>
public sealed class RunReservationsTests : IDisposable
{
    private static readonly EvaluationSpec Spec = SpecReader.Read(
        """{ "task": "generation", "model": "m", "baseline": "b" }"""u8,
        "evaluation.json"
    );

    private static readonly DatasetVersion Dataset = new("s/test.jsonl", "1", 10, "hash");

    private readonly MemoryStorage _storage = new(TimeProvider.System);
    private readonly MemoryTables _tables = new();
    private readonly RunReservations _reservations;

    public RunReservationsTests() =>
        _reservations = new RunReservations(
            new DatasetStore(_storage.Blobs),
            new RunBlobs(_storage.Blobs),
            new RunTables(_tables, new OpenRuns(_tables)),
            TimeProvider.System,
            NullLogger<RunReservations>.Instance
        );

    [Fact]
    public async Task Second_reservation_of_a_run_changes_nothing()
    {
        var run = _reservations.Create(Dataset, Spec, attempt: 0, "blob");

        Assert.True(await _reservations.TryReserveAsync(run, Spec, failure: null, TestContext.Current.CancellationToken));
        var again = _reservations.Create(Dataset, Spec, attempt: 0, "http");
        Assert.False(await _reservations.TryReserveAsync(again, Spec, failure: null, TestContext.Current.CancellationToken));

        Assert.Equal("blob", Row(run.RunId)["Source"]);
    }

    [Fact]
    public async Task Spec_is_written_before_the_row_that_anybody_may_schedule()
    {
        var run = _reservations.Create(Dataset, Spec, attempt: 0, "blob");
        _storage.Faults = _ => Fault.Refused;

        await Assert.ThrowsAnyAsync<Exception>(() =>
            _reservations.TryReserveAsync(run, Spec, failure: null, TestContext.Current.CancellationToken)
        );

        Assert.DoesNotContain(_tables.Table(StorageNames.RunsTable).Rows, row => row.RowKey == "run");
    }

    [Fact]
    public void Group_names_its_candidates_runs_and_that_of_its_own_baseline()
    {
        var spec = Spec.WithCandidates(["m", "n", "o"]);

        var group = _reservations.Create(Dataset, spec, attempt: 0, "blob");
        var again = _reservations.Create(Dataset, spec, attempt: 0, "http");
        var other = _reservations.Create(Dataset, spec, attempt: 1, "blob");

        Assert.Equal(["m", "n", "o"], group.Candidates);
        Assert.True(group.IsGroup && group.HasOwnBaseline);
        Assert.Equal(group.CandidateRuns, again.CandidateRuns);
        Assert.Empty(group.CandidateRuns.Append(group.BaselineRun).Intersect(other.CandidateRuns.Append(other.BaselineRun)));
        Assert.Equal(["b", "m", "n", "o"], GroupRuns.MembersOf(group).Select(member => member.Model));
        Assert.False(_reservations.Create(Dataset, Spec, attempt: 0, "blob").IsGroup);
    }

    [Fact]
    public void Group_against_an_earlier_run_has_no_baseline_of_its_own()
    {
        var stored = "ev-aaaaaaaaaaaaaaaaaaaaaaaaaa";
        var spec = (Spec with { Baseline = $"run:{stored}" }).WithCandidates(["m", "n"]);

        var group = _reservations.Create(Dataset, spec, attempt: 0, "blob") with { Baseline = "b" };

        Assert.Equal((stored, false), (group.BaselineRun, group.HasOwnBaseline));
        Assert.Equal(["m", "n"], GroupRuns.MembersOf(group).Select(member => member.Model));
    }

    [Fact]
    public void Another_attempt_is_another_run()
    {
        var first = _reservations.Create(Dataset, Spec, attempt: 0, "http");
        var second = _reservations.Create(Dataset, Spec, attempt: 1, "http");

        Assert.NotEqual(first.RunId, second.RunId);
        Assert.Equal(("m", "b", "s", first.SpecHash), (second.Model, second.Baseline, second.Name, second.SpecHash));
    }

    [Fact]
    public async Task Run_that_cannot_be_evaluated_is_recorded_as_failed_and_indexed()
    {
        var run = _reservations.CreateRefused(Dataset, "no spec", attempt: 0, "blob");

        await _reservations.RecordAsync(
            run,
            spec: null,
            new RunFailure("no_spec", "There is none."),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(("Failed", "no_spec"), (Row(run.RunId)["Status"], Row(run.RunId)["ErrorCode"]));
        Assert.Contains(_tables.Table(StorageNames.IndexTable).Rows, row => row.PartitionKey == IndexPartition.All);
    }

    /// <summary>Specs are often written in canonical form already: by commands, and by whoever copies one from a run.</summary>
    [Fact]
    public void Refused_run_takes_no_id_from_the_run_of_the_same_spec()
    {
        var refused = _reservations.CreateRefused(Dataset, SpecReader.Identity(Spec), attempt: 0, "blob");

        Assert.NotEqual(_reservations.Create(Dataset, Spec, attempt: 0, "blob").RunId, refused.RunId);
        Assert.Equal(refused.RunId, _reservations.CreateRefused(Dataset, SpecReader.Identity(Spec), attempt: 0, "http").RunId);
    }

    /// <summary>Its row would otherwise keep the dataset from being evaluated with that spec for good.</summary>
    [Fact]
    public async Task Run_that_an_earlier_version_refused_under_the_id_of_a_good_run_is_replaced_once()
    {
        var run = _reservations.Create(Dataset, Spec, attempt: 0, "blob");
        var tables = await AddAsync(
            _reservations.CreateRefused(Dataset, "", attempt: 0, "blob") with
            {
                RunId = run.RunId,
                Status = RunStatus.Failed,
                ErrorCode = "unknown_model",
                Started = run.Started!.Value.AddDays(-1),
            }
        );
        Assert.False(await _reservations.IsKnownAsync(run.RunId, TestContext.Current.CancellationToken));

        var reserved = await Task.WhenAll(
            Enumerable
                .Range(0, 10)
                .Select(_ => _reservations.TryReserveAsync(run, Spec, failure: null, TestContext.Current.CancellationToken))
        );

        Assert.Single(reserved, isNew => isNew);
        Assert.Equal(
            ("Pending", null, run.SpecHash),
            (Row(run.RunId)["Status"], Row(run.RunId).GetString("ErrorCode"), Row(run.RunId)["SpecHash"])
        );
        Assert.True(await _reservations.IsKnownAsync(run.RunId, TestContext.Current.CancellationToken));
        await tables.Index.AddAsync(run, TestContext.Current.CancellationToken);
        Assert.Single(await tables.Index.LatestAsync(Dataset.Name, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("hash", null, null)] // It was planned, and failed later.
    [InlineData("", 5L, null)]
    [InlineData("", null, "job")] // Its fine-tuning job failed.
    public async Task Run_that_failed_otherwise_is_not_replaced(string specHash, long? expectedSamples, string? job)
    {
        var run = _reservations.Create(Dataset, Spec, attempt: 0, "blob");
        await AddAsync(run with { Status = RunStatus.Failed, SpecHash = specHash, ExpectedSamples = expectedSamples, FineTuneJob = job });

        Assert.True(await _reservations.IsKnownAsync(run.RunId, TestContext.Current.CancellationToken));
        Assert.False(await _reservations.TryReserveAsync(run, Spec, failure: null, TestContext.Current.CancellationToken));

        Assert.Equal("Failed", Row(run.RunId)["Status"]);
    }

    [Fact]
    public async Task Run_that_something_else_started_is_not_touched_by_a_fine_tuning_job()
    {
        var run = _reservations.Create(Dataset, Spec, attempt: 0, "blob");
        await _reservations.TryReserveAsync(run, Spec, failure: null, TestContext.Current.CancellationToken);

        await _reservations.RecordAsync(run with { FineTuneJob = "job" }, Spec, failure: null, TestContext.Current.CancellationToken);

        Assert.Equal("Pending", Row(run.RunId)["Status"]);
        Assert.DoesNotContain(_tables.Table(StorageNames.IndexTable).Rows, row => row.PartitionKey == IndexPartition.All);
    }

    public void Dispose() => _storage.Dispose();

    /// <summary>A run as another version of the app left it.</summary>
    private async Task<RunTables> AddAsync(Run run)
    {
        var tables = new RunTables(_tables, new OpenRuns(_tables));
        await tables.TryReserveAsync(run, TestContext.Current.CancellationToken);
        await tables.Index.AddAsync(run, TestContext.Current.CancellationToken);
        return tables;
    }

    private Azure.Data.Tables.TableEntity Row(string runId) => _tables.Table(StorageNames.RunsTable).Find(runId, "run")!;
}
