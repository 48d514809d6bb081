using System.Net;
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
    private const int Rows = 20;

    /// <summary>The moments, as the account or the model's endpoint sees them; each is that of a job of its own.</summary>
    private static readonly string[] Moments = ["PUT", "PUT done", "GET done", "call", "DELETE", "DELETE done"];

    /// <summary>One host is killed when each job is held at its moment.</summary>
    [Fact]
    public async Task Host_killed_at_any_step_leaves_no_deployment_and_creates_none_twice()
    {
        using var directory = new TemporaryDirectory();
        await using var endpoint = await RecordingEndpoint.StartAsync();
        await using var server = await FineTuneServer.StartAsync();
        DeployedApp.AddForeign(server.Account);
        server.Account.AllowsOneAtATime = false; // A job that is held would hold the others up.
        endpoint.Answer = Parity.Answer;
        using var held = new HeldJobs(server.Account, endpoint, Moments);
        await using var storage = await AppStorage.OpenAsync(withProxy: false);
        string[] settings = ["--storage", storage.ConnectionString, .. Settings(server, endpoint)];
        using (var first = HostProcess.Start(directory.Path, settings))
        {
            var instance = await first.ReadyAsync();
            var suites = Enumerable.Range(0, Moments.Length).Select(job => $"killed{job}").ToList();
            foreach (var suite in suites)
            {
                await DropAsync(instance, suite);
            }

            suites.ForEach(suite => DeployedApp.EndWithCheckpoints(server, suite));
            await PollAsync(instance);
            await held.ReachedAsync();
            first.Kill();
            await first.EndedAsync();
            await Eventually.EndedAsync(instance.WorkerPid, "the worker");
        }

        held.LetGo();
        using var second = HostProcess.Start(directory.Path, settings);
        var again = await second.ReadyAsync();
        var runs = new TableClient(again.StorageConnectionString, "EvaluationRuns");
        var verdicts = new TableClient(again.StorageConnectionString, "EvaluationSuites");
        await Eventually.TrueAsync(
            () =>
                verdicts.Query<TableEntity>("RowKey eq 'suite' and Source eq 'fine_tune' and Verdict eq 'pass'").Count() == Moments.Length,
            "each suite has its verdict"
        );
        await Eventually.TrueAsync(
            () => server.Account.Names.SequenceEqual(DeployedApp.Foreign),
            "only the deployments of others are left"
        );

        Assert.Equal(Enumerable.Repeat(1, 2 * Moments.Length), server.Account.Creations.Values);
        Assert.Equal(server.Account.Creations.Keys.Order(), server.Account.Deletions.Keys.Order());
        Assert.Equal(Moments.Length, verdicts.Query<TableEntity>("RowKey eq 'suite' and Source eq 'fine_tune'").Count());
        // On each dataset a group, the baseline's run, and two candidates.
        Assert.Equal(
            Moments.Length * 2 * 4,
            runs.Query<TableEntity>("RowKey eq 'run' and Source eq 'fine_tune' and Status eq 'Completed'").Count()
        );
        await second.TerminateAsync();
        await second.EndedAsync();
    }

    private static async Task DropAsync(LocalInstance instance, string suite)
    {
        var datasets = new BlobContainerClient(instance.StorageConnectionString, "datasets");
        var spec = JsonNode.Parse(DeployedApp.SpecFor(suite))!.AsObject();
        spec["suite"] = new JsonObject();
        await datasets.GetBlobClient($"{suite}/evaluation.json").UploadAsync(BinaryData.FromString(spec.ToJsonString()));
        foreach (var name in new[] { "a", "b" })
        {
            await datasets
                .GetBlobClient($"{suite}/{name}.jsonl")
                .UploadAsync(BinaryData.FromString(string.Join('\n', Parity.Rows($"{suite}-{name}", Rows))));
        }
    }

    /// <summary>Has the app look through the list of jobs, as its timer does every half minute.</summary>
    private static async Task PollAsync(LocalInstance instance)
    {
        using var http = new HttpClient { BaseAddress = instance.AppUrl };
        using var answer = await http.PostAsync("/admin/functions/PollFineTuneJobs", content: null);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
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
