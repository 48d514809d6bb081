using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.LocalHost.Hosting;

namespace FunctionsEval.EndToEnd.Tests.FineTuning;

/// <summary>The host killed at each step of a deployment's life and started again.</summary>
public sealed class DeployedCrashTests
{
    /// <summary>The moments, as the account or the model's endpoint sees them.</summary>
    [Theory]
    [InlineData("PUT")]
    [InlineData("PUT done")]
    [InlineData("GET done")]
    [InlineData("call")]
    [InlineData("DELETE")]
    [InlineData("DELETE done")]
    public async Task Host_killed_at_any_step_leaves_no_deployment_and_creates_none_twice(string moment)
    {
        using var directory = new TemporaryDirectory();
        await using var endpoint = await RecordingEndpoint.StartAsync();
        await using var server = await FineTuneServer.StartAsync();
        DeployedApp.AddForeign(server.Account);
        endpoint.Answer = Parity.Answer;
        var reached = new TaskCompletionSource();
        // What is under way at the moment waits for the host's end, as a request of a host that was killed does.
        using var killed = new CancellationTokenSource();
        server.Account.Seen = async (step, name) =>
        {
            if (step == moment && name.Length > 0 && reached.TrySetResult())
            {
                await Task.Delay(Timeout.Infinite, killed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        };
        endpoint.Seen = body =>
        {
            if (moment == "call" && ((string?)body["model"])!.StartsWith(DeployedApp.Prefix, StringComparison.Ordinal))
            {
                reached.TrySetResult();
            }
        };
        var settings = Settings(server, endpoint);
        using (var first = HostProcess.Start(directory.Path, settings))
        {
            var instance = await first.ReadyAsync();
            await DropAsync(instance);
            DeployedApp.EndWithCheckpoints(server, "killed");
            await reached.Task.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
            first.Kill();
            await first.EndedAsync();
            await Eventually.EndedAsync(instance.WorkerPid, "the worker");
        }

        await killed.CancelAsync();
        using var second = HostProcess.Start(directory.Path, settings);
        var again = await second.ReadyAsync();
        var runs = new TableClient(again.StorageConnectionString, "EvaluationRuns");
        var suites = new TableClient(again.StorageConnectionString, "EvaluationSuites");
        await Eventually.TrueAsync(
            () => suites.Query<TableEntity>("RowKey eq 'suite' and Source eq 'fine_tune' and Verdict eq 'pass'").Any(),
            "the suite has its verdict"
        );
        await Eventually.TrueAsync(
            () => server.Account.Names.SequenceEqual(DeployedApp.Foreign),
            "only the deployments of others are left"
        );

        Assert.Equal([1, 1], server.Account.Creations.Values);
        Assert.Equal(server.Account.Creations.Keys.Order(), server.Account.Deletions.Keys.Order());
        Assert.Single(suites.Query<TableEntity>("RowKey eq 'suite' and Source eq 'fine_tune'"));
        // On each dataset a group, the baseline's run, and two candidates.
        Assert.Equal(2 * 4, runs.Query<TableEntity>("RowKey eq 'run' and Source eq 'fine_tune' and Status eq 'Completed'").Count());
        await second.TerminateAsync();
        await second.EndedAsync();
    }

    private static async Task DropAsync(LocalInstance instance)
    {
        var datasets = new BlobContainerClient(instance.StorageConnectionString, "datasets");
        var spec = JsonNode.Parse(DeployedApp.SpecFor("killed"))!.AsObject();
        spec["suite"] = new JsonObject();
        await datasets.GetBlobClient("killed/evaluation.json").UploadAsync(BinaryData.FromString(spec.ToJsonString()));
        foreach (var name in new[] { "a", "b" })
        {
            await datasets
                .GetBlobClient($"killed/{name}.jsonl")
                .UploadAsync(BinaryData.FromString(string.Join('\n', Parity.Rows(name, 20))));
        }
    }

    private static string[] Settings(FineTuneServer server, RecordingEndpoint endpoint)
    {
        IEnumerable<(string Name, string Value)> settings = DeployedApp
            .Settings(server, checkpoints: 1)
            .Append(("AzureFunctionsJobHost__extensions__durableTask__storageProvider__workItemQueueVisibilityTimeout", "00:00:05"))
            .Append(("Models__tuned__Name", "tuned/*"))
            .Append(("Models__tuned__Deployment", "*"))
            .Append(("Models__recorded__Deployment", "recorded"));
        foreach (var model in new[] { "tuned", "recorded" })
        {
            settings = settings
                .Append(($"Models__{model}__Provider", "OpenAICompatible"))
                .Append(($"Models__{model}__Endpoint", endpoint.Endpoint.ToString()));
        }

        return [.. settings.SelectMany(setting => new[] { "--set", $"{setting.Name}={setting.Value}" })];
    }
}
