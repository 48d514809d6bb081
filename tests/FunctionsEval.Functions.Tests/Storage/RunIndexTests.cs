using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Protocols.Embeddings;
using FunctionsEval.Functions.ModelClients.Protocols.Completions;
using FunctionsEval.Functions.ModelClients.Protocols.Choices;
using FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients;
using Azure.Data.Tables;
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
        _service.Table("EvaluationRuns").Delete("ev-1", RunTables.RunRow);

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
        var row = new TableEntity(runId, RunTables.RunRow)
        {
            ["Status"] = status,
            ["Dataset"] = Dataset,
            ["DatasetETag"] = etag,
            ["Started"] = DateTimeOffset.UnixEpoch,
        };
        _service.Table("EvaluationRuns").Set(row);
        await _tables.IndexAsync(row, TestContext.Current.CancellationToken);
    }
}
