using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>
/// Runs of more than a hundred shards, whose ranges are merged by several groups while others are evaluated, against the same dataset in
/// one shard. Rows have two lines, ids repeat, and some rows are malformed.
/// </summary>
public sealed class ManyShardsTests
{
    private const int Rows = 600;
    private const int RowsPerShard = 5;
    private const int ShardsMerged = 10;
    private const string Dataset = "many/test.csv";

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Results_are_those_of_one_shard(bool hasBaseline, bool isKilled)
    {
        await using var app = await EvaluationApp.StartAsync(withProxy: true, RowsOf(RowsPerShard));
        app.Endpoint.Answer = Parity.Answer;
        app.Endpoint.AnswerOf["recorded-base"] = prompt => Parity.Answer(prompt + "3");
        var (merged, killed) = (new ConcurrentDictionary<string, bool>(), 0);
        app.Storage.Fault = call =>
        {
            if (call.Method != "PUT" || !call.Path.Contains("/merged/", StringComparison.Ordinal))
            {
                return StorageFault.None;
            }

            if (isKilled && merged.Count == ShardsMerged / 2 && Interlocked.Exchange(ref killed, 1) == 0)
            {
                app.KillWorkerAndItsLeases();
                return StorageFault.Refused;
            }

            merged[call.Path] = true;
            return StorageFault.None;
        };

        var many = await app.EvaluateAsync(Dataset, Spec(hasBaseline), Lines());

        Assert.Equal("Completed", many.GetString("Status"));
        Assert.Equal(isKilled ? 1 : 0, killed);
        Assert.Equal((Rows / RowsPerShard / ShardsMerged) - 1, merged.Count);
        await Eventually.TrueAsync(
            () =>
                !app.Blobs.GetBlobContainerClient("runs").GetBlobs().Any(blob => blob.Name.Contains("/merged/", StringComparison.Ordinal)),
            "what the ranges merged to is removed after the run's end"
        );
        await app.RestartAsync([.. RowsOf(Rows).Select(setting => (setting.Name, (string?)setting.Value))]);
        var one = await app.StartedAsync(Dataset, Spec(hasBaseline), attempt: 1);
        Assert.Equal("Completed", one.GetString("Status"));
        Assert.Equal(await SummaryAsync(app, one.PartitionKey), await SummaryAsync(app, many.PartitionKey));
        Assert.Equal(await SamplesAsync(app, one.PartitionKey), await SamplesAsync(app, many.PartitionKey));
        Assert.Equal(
            (one.GetInt64("DuplicateIds"), one.GetInt64("DuplicateIdsFirstLine")),
            (many.GetInt64("DuplicateIds"), many.GetInt64("DuplicateIdsFirstLine"))
        );
    }

    private static (string Name, string Value)[] RowsOf(int shard) =>
        [("Evaluation__MinRowsPerShard", $"{shard}"), ("Evaluation__MaxRowsPerShard", $"{shard}")];

    private static string Spec(bool hasBaseline) =>
        $$"""
            { "task": "classification", "model": "recorded", {{(hasBaseline ? "\"baseline\": \"recorded-base\"," : "")}}
              "labels": ["even", "odd"], "metrics": ["accuracy", "f1", "confusion_matrix"], "slices": ["kind"],
              "limits": { "maxMalformedShare": 0.1 }, "gate": { "rules": [ { "metric": "accuracy", "minimum": 0.5 } ] } }
            """;

    private static IEnumerable<string> Lines() =>
        Enumerable
            .Range(0, Rows)
            .Select(row =>
                $"n{row % 590},\"two lines{'\n'}many {row}\",{(row % 50 == 7 ? "neither" : row % 2 == 0 ? "even" : "odd")},k{row % 3}"
            )
            .Prepend("id,input,expected,kind");

    /// <summary>What does not depend on which run it is, on time, and on how it was cut: of each shard ten examples are kept.</summary>
    private static async Task<string> SummaryAsync(EvaluationApp app, string runId)
    {
        var summary = await app.SummaryAsync(runId);
        foreach (var name in new[] { "runId", "attempt", "previous", "started", "finished", "specHash", "examples" })
        {
            summary.Remove(name);
        }

        return summary.ToJsonString();
    }

    private static async Task<List<string>> SamplesAsync(EvaluationApp app, string runId)
    {
        var samples = new List<string>();
        foreach (var line in (await app.SamplesAsync(runId)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var sample = JsonNode.Parse(line)!.AsObject();
            foreach (var role in new[] { "candidate", "baseline" })
            {
                foreach (var name in new[] { "latencyMs", "attempts", "queuedMs", "requestId" })
                {
                    (sample[role] as JsonObject)?.Remove(name);
                }
            }

            samples.Add(sample.ToJsonString());
        }

        return samples;
    }
}
