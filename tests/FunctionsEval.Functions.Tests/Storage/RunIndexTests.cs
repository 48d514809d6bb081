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
        await IndexAsync("ev-1", "\"1\"", "Completed");
        _service.Table("EvaluationRuns").Delete("ev-1", RunEntity.RowKey);

        Assert.True(await HasRunAsync("\"1\"", countsFailed: true));
        Assert.False(await HasRunAsync("\"2\"", countsFailed: true));
    }

    [Fact]
    public async Task Version_whose_runs_failed_counts_only_where_failures_do()
    {
        await IndexAsync("ev-1", "\"1\"", "Failed");

        Assert.True(await HasRunAsync("\"1\"", countsFailed: true));
        Assert.False(await HasRunAsync("\"1\"", countsFailed: false));
    }

    private Task<bool> HasRunAsync(string etag, bool countsFailed) =>
        _tables.HasRunAsync(Dataset, etag, countsFailed, TestContext.Current.CancellationToken);

    private async Task IndexAsync(string runId, string etag, string status)
    {
        var run = new Run
        {
            RunId = runId,
            Status = Enum.Parse<RunStatus>(status),
            Dataset = Dataset,
            DatasetETag = etag,
            Started = DateTimeOffset.UnixEpoch,
        };
        await _tables.TryReserveAsync(run, TestContext.Current.CancellationToken);
        await _tables.Index.AddAsync(run, TestContext.Current.CancellationToken);
    }
}
