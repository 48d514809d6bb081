using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Storage;

/// <summary>Which versions of a dataset count as evaluated.</summary>
public sealed class RunIndexTests
{
    private const string Dataset = "a/b.jsonl";

    private readonly MemoryTables _service = new();
    private readonly RunTables _tables;

    public RunIndexTests() => _tables = new RunTables(_service, new OpenRuns(_service));

    [Fact]
    public async Task Version_whose_run_was_deleted_is_not_started_by_itself()
    {
        await IndexAsync("ev-1", "\"1\"", RunStatus.Completed);
        _service.Table("EvaluationRuns").Delete("ev-1", RunEntity.RowKey);

        Assert.Equal(VersionRuns.Evaluated, await FindRunsAsync("\"1\""));
        Assert.Equal(VersionRuns.None, await FindRunsAsync("\"2\""));
    }

    /// <summary>Which of the runs is the latest does not matter.</summary>
    [Theory]
    [InlineData(false, false, true)]
    [InlineData(false, true, false)]
    [InlineData(true, false, false)]
    [InlineData(true, true, false)]
    public async Task Version_is_refused_only_where_each_of_its_runs_was(bool hadSpec, bool hadSpecLater, bool isRefused)
    {
        await IndexAsync("ev-1", "\"1\"", RunStatus.Failed, hadSpec ? "hash" : "");
        await IndexAsync("ev-2", "\"1\"", RunStatus.Failed, hadSpecLater ? "hash" : "");

        Assert.Equal(isRefused ? VersionRuns.Refused : VersionRuns.Failed, await FindRunsAsync("\"1\""));
    }

    private Task<VersionRuns> FindRunsAsync(string etag) => _tables.FindRunsAsync(Dataset, etag, TestContext.Current.CancellationToken);

    private async Task IndexAsync(string runId, string etag, RunStatus status, string specHash = "hash")
    {
        var run = new Run
        {
            RunId = runId,
            Status = status,
            Dataset = Dataset,
            DatasetETag = etag,
            SpecHash = specHash,
            Started = DateTimeOffset.UnixEpoch,
        };
        await _tables.TryReserveAsync(run, TestContext.Current.CancellationToken);
        await _tables.Index.AddAsync(run, TestContext.Current.CancellationToken);
    }
}
