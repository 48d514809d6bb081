using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Stops;

/// <summary>How a run ends that reaches its cost ceiling with many shards under way.</summary>
public sealed class CostCeilingTests(ITestOutputHelper output)
{
    /// <summary>What a sample costs: 10 × 100 + 2 × 1,000 millionths.</summary>
    private const double SampleCost = 0.003;

    /// <summary>What is reserved for a sample is less than three times that.</summary>
    private const double Reserved = 3 * SampleCost;

    [Theory]
    [InlineData(100, 8)]
    [InlineData(20, 40)]
    public async Task Shards_that_share_the_rest_of_a_ceiling_end_the_run_without_waiting_for_each_other(int rowsPerShard, int shards)
    {
        const double Ceiling = 0.6;
        await using var app = await StartAsync(rowsPerShard);
        app.Endpoint.Latency = TimeSpan.FromMilliseconds(5);

        var run = await app.EvaluateAsync("shared/test.jsonl", Spec(Ceiling), Parity.Rows("shared", rowsPerShard * shards));

        Assert.Equal(("Partial", "budget"), (run.GetString("Status"), run.GetString("ErrorCode")));
        Assert.InRange(run.GetDouble("CandidateCost")!.Value, Ceiling - Reserved, Ceiling);
        await AssertNothingIsHeldAsync(app, run);
        // A shard is called once to evaluate and once to settle; few are called a second time because others held something. A call is
        // three
        // rows of history and, after a wait, a timer three more.
        var history = await HistoryRowsAsync(app, run.PartitionKey);
        output.WriteLine($"{shards} shards: {app.Endpoint.Total} calls, {history} rows of history");
        Assert.InRange(history, 1, 20 + (shards * 4 * 3));
    }

    [Fact]
    public async Task What_a_killed_process_held_comes_back_although_its_shard_is_finished()
    {
        const int Samples = 160;
        const double Ceiling = 0.3;
        await using var app = await StartAsync(rowsPerShard: 20, withProxy: true);
        app.Endpoint.Latency = TimeSpan.FromMilliseconds(20);
        var step = 0;
        app.Storage.Fault = call =>
        {
            if (call.Method == "PUT" && call.Path.Contains(".state.json", StringComparison.Ordinal))
            {
                Interlocked.CompareExchange(ref step, 1, 0);
            }
            // The first transaction after a finished shard's state is the one that gives back.
            else if (
                call is { Service: "table", Method: "POST" }
                && call.Path.Contains("batch", StringComparison.Ordinal)
                && Interlocked.CompareExchange(ref step, 2, 1) == 1
            )
            {
                app.KillWorkerAndItsLeases();
                return StorageFault.Refused;
            }

            return StorageFault.None;
        };

        var run = await app.EvaluateAsync("killed/test.jsonl", Spec(Ceiling), Parity.Rows("killed", Samples));

        Assert.Equal(2, step);
        output.WriteLine($"{app.Endpoint.Total} calls, cost {run.GetDouble("CandidateCost")}");
        Assert.Equal(("Partial", "budget"), (run.GetString("Status"), run.GetString("ErrorCode")));
        Assert.InRange(run.GetDouble("CandidateCost")!.Value, Ceiling - Reserved, Ceiling);
        await AssertNothingIsHeldAsync(app, run);
    }

    private static async Task<EvaluationApp> StartAsync(int rowsPerShard, bool withProxy = false)
    {
        var app = await EvaluationApp.StartAsync(
            withProxy,
            ("Models__recorded__InputPricePerMillionTokens", "100"),
            ("Models__recorded__OutputPricePerMillionTokens", "1000"),
            ("Models__recorded__MaxConcurrency", "8"),
            ("Evaluation__MinRowsPerShard", $"{rowsPerShard}"),
            ("Evaluation__MaxRowsPerShard", $"{rowsPerShard}")
        );
        app.Endpoint.Answer = Parity.Answer;
        return app;
    }

    private static string Spec(double maxCost) =>
        FormattableString.Invariant(
            $$"""
            { "task": "classification", "model": "recorded", "labels": ["even", "odd"], "metrics": ["accuracy"],
              "sampling": { "maxOutputTokens": 4 }, "limits": { "maxCost": {{maxCost}}, "deadline": "00:10:00" } }
            """
        );

    /// <summary>Every shard's row, and their sum, say that all that is reserved is spent, and that it is what the run cost.</summary>
    private static async Task AssertNothingIsHeldAsync(EvaluationApp app, TableEntity run)
    {
        var rows = new List<TableEntity>();
        await foreach (
            var row in app
                .Tables.GetTableClient("EvaluationRuns")
                .QueryAsync<TableEntity>($"PartitionKey eq '{run.PartitionKey}' and RowKey ge 'budget' and RowKey lt 'budget}}'")
        )
        {
            rows.Add(row);
        }

        Assert.All(rows, row => Assert.Equal((row.RowKey, row.GetInt64("Spent")), (row.RowKey, row.GetInt64("Reserved"))));
        Assert.Equal(run.GetDouble("CandidateCost")!.Value, rows.Single(row => row.RowKey == "budget").GetInt64("Spent")!.Value / 1e9, 9);
    }

    private static async Task<int> HistoryRowsAsync(EvaluationApp app, string runId)
    {
        var rows = 0;
        await foreach (var row in app.Tables.GetTableClient("FunctionsEvalHistory").QueryAsync<TableEntity>(select: ["PartitionKey"]))
        {
            rows += row.PartitionKey.StartsWith(runId, StringComparison.Ordinal) ? 1 : 0;
        }

        return rows;
    }
}
