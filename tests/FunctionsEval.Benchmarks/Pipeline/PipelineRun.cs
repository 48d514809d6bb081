using System.Net.Http.Json;
using Azure.Data.Tables;

namespace FunctionsEval.Benchmarks.Pipeline;

/// <summary>What was measured of one evaluation.</summary>
internal sealed record PipelineFigures
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>Whether it completed, and scored every sample.</summary>
    public required bool IsWhole { get; init; }

    /// <summary>When the dataset was dropped, or its evaluation asked for.</summary>
    public required DateTime Asked { get; init; }

    /// <summary>When the run was reserved.</summary>
    public required DateTime Pending { get; init; }

    /// <summary>When its row said that it had ended, by the clock of the storage.</summary>
    public required DateTime Ended { get; init; }

    /// <summary>What the endpoint saw; null for one of somebody else.</summary>
    public EndpointLedger? Ledger { get; init; }

    /// <summary>What the processes used.</summary>
    public StackCpu Cpu { get; init; }

    /// <summary>Storage transactions by service and method; null where they are not counted.</summary>
    public IReadOnlyDictionary<string, int>? Transactions { get; init; }
}

/// <summary>Evaluates a dataset with a running app, from the outside.</summary>
internal static class PipelineRun
{
    private static readonly TimeSpan LookForRun = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LookForEnd = TimeSpan.FromMilliseconds(100);

    /// <summary>Evaluates and measures.</summary>
    /// <param name="stack">The app.</param>
    /// <param name="suite">A folder that is not there yet.</param>
    /// <param name="path">The file with the rows.</param>
    /// <param name="samples">How many there are.</param>
    /// <param name="byPost">Whether the evaluation is asked for by HTTP, or begins because the dataset arrives.</param>
    /// <param name="endpoint">The endpoint; null for one of somebody else.</param>
    public static async Task<PipelineFigures> MeasureAsync(
        MeasuredStack stack,
        string suite,
        string path,
        int samples,
        bool byPost,
        EndpointProcess? endpoint
    )
    {
        if (endpoint is not null)
        {
            await endpoint.ReadAsync();
        }

        stack.Proxy?.ResetCounts();
        var before = stack.Processes.ReadCpu();
        var runs = new TableClient(stack.StorageConnectionString, "EvaluationRuns");
        var dataset = await MeasuredDataset.UploadAsync(stack.StorageConnectionString, suite, path);
        var asked = DateTime.UtcNow;
        var runId = byPost ? await PostAsync(stack.Instance.AppUrl, dataset) : await FindAsync(runs, dataset);
        var run = await WaitAsync(runs, runId);
        var used = stack.Processes.ReadCpu() - before;
        return new PipelineFigures
        {
            RunId = runId,
            IsWhole = run.GetString("Status") == "Completed" && run.GetInt64("CandidateScored") == samples,
            Asked = asked,
            Pending = run.GetDateTimeOffset("Started")!.Value.UtcDateTime,
            Ended = run.Timestamp!.Value.UtcDateTime,
            Ledger = endpoint is null ? null : await endpoint.ReadAsync(),
            Cpu = used,
            Transactions = stack.Proxy is { } proxy ? new Dictionary<string, int>(proxy.Counts) : null,
        };
    }

    /// <summary>Whether a run's row says that nothing of it is under way any more.</summary>
    public static bool HasEnded(TableEntity run) => run.GetString("Status") is "Completed" or "Partial" or "Failed" or "Cancelled";

    private static async Task<string> PostAsync(Uri app, string dataset)
    {
        using var http = new HttpClient { BaseAddress = app };
        using var started = await http.PostAsJsonAsync("/api/evaluations", new { dataset });
        return started.IsSuccessStatusCode
            ? (await started.Content.ReadFromJsonAsync<Started>())!.RunId
            : throw new InvalidOperationException(
                $"The start was answered {(int)started.StatusCode}: {await started.Content.ReadAsStringAsync()}"
            );
    }

    private static async Task<string> FindAsync(TableClient runs, string dataset)
    {
        var filter = TableClient.CreateQueryFilter($"RowKey eq 'run' and Dataset eq {dataset}");
        while (true)
        {
            await foreach (var run in runs.QueryAsync<TableEntity>(filter, select: ["PartitionKey"]))
            {
                return run.PartitionKey;
            }

            await Task.Delay(LookForRun, TimeProvider.System);
        }
    }

    private static async Task<TableEntity> WaitAsync(TableClient runs, string runId)
    {
        while (true)
        {
            TableEntity run = await runs.GetEntityAsync<TableEntity>(runId, "run");
            if (HasEnded(run))
            {
                return run;
            }

            await Task.Delay(LookForEnd, TimeProvider.System);
        }
    }

    private sealed record Started(string RunId);
}
