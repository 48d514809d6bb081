using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using FunctionsEval.Benchmarks.Pipeline;
using FunctionsEval.EndToEnd.Tests.FineTuning;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.LocalHost.Hosting;

namespace FunctionsEval.Benchmarks;

/// <summary>
/// <c>record-histories DIR</c>: keeps the histories of real orchestrations, which tests replay against the orchestrators as they are then:
/// a run
/// that was begun by one version must be finished by the next.
/// </summary>
internal static class RecordHistoriesCommand
{
    /// <summary>Runs one of each kind, and writes the last history of each orchestration.</summary>
    public static async Task<int> RunAsync(string directory)
    {
        Directory.CreateDirectory(directory);
        await using var endpoint = await EndpointProcess.StartAsync(latencyMs: 50);
        await using var jobs = await FineTuneServer.StartAsync();
        var settings = Settings(endpoint.Address, jobs);
        await RecordAsync(directory, settings, (host, keep) => EvaluateAllAsync(host, jobs, keep));
        foreach (var (name, value) in DeployedApp.Settings(jobs))
        {
            settings[name] = value;
        }

        await RecordAsync(directory, settings, (host, keep) => DeployAsync(host, jobs, keep));
        return 0;
    }

    /// <summary>Keeps what an app's orchestrations are handed.</summary>
    /// <param name="directory">Where to.</param>
    /// <param name="settings">The app's settings.</param>
    /// <param name="use">What the app does; the action writes the histories since the last time under the name of a scenario.</param>
    private static async Task RecordAsync(
        string directory,
        Dictionary<string, string> settings,
        Func<LocalFunctionsHost, Action<string>, Task> use
    )
    {
        var data = Directory.CreateTempSubdirectory("functionseval-histories-");
        var histories = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            await using var host = await LocalFunctionsHost.StartAsync(
                new LocalHostOptions
                {
                    DataDirectory = data.FullName,
                    OrchestrationHandedOut = (function, history) => histories[function] = history,
                    Settings = settings,
                }
            );
            await use(host, Keep);
        }
        finally
        {
            data.Delete(recursive: true);
        }

        void Keep(string scenario)
        {
            foreach (var (function, history) in histories)
            {
                File.WriteAllText(Path.Combine(directory, $"{function}.{scenario}.history"), history);
            }

            histories.Clear();
        }
    }

    private static async Task EvaluateAllAsync(LocalFunctionsHost host, FineTuneServer jobs, Action<string> keep)
    {
        await EvaluateAsync(host, "small", samples: 20, cancels: false);
        keep("small");
        // Three ranges of shards, of which two are merged before the end.
        await EvaluateAsync(host, "merged", samples: 300, cancels: false);
        keep("merged");
        await EvaluateAsync(host, "grouped", samples: 1_200, cancels: false);
        keep("grouped");
        // Stopped when a range is merged, and others are not.
        var cancelled = await EvaluateAsync(host, "cancelled", samples: 1_000, cancels: true);
        keep("cancelled");
        await ResumeAsync(host, cancelled);
        keep("resumed");
        await EvaluateAsync(host, "grouped-cancelled", samples: 1_200, cancels: true);
        keep("grouped-cancelled");
        await FineTuneAsync(host, jobs);
        keep("tuned");
        await EvaluateSuiteAsync(host);
        keep("suite");
        var group = await EvaluateGroupAsync(host, "candidates", samples: 20, cancels: false);
        keep("candidates");
        group = await EvaluateGroupAsync(host, "candidates-cancelled", samples: 1_000, cancels: true);
        keep("candidates-cancelled");
        await ResumeAsync(host, group);
        keep("candidates-resumed");
    }

    /// <summary>A job whose model the app deploys and removes itself.</summary>
    private static async Task DeployAsync(LocalFunctionsHost host, FineTuneServer jobs, Action<string> keep)
    {
        await UploadAsync(host, "deployed", 20, """ "onFineTune": { "suffix": "deployed" } """);
        await EndedAsync(host, row => row.GetString("Suite") == "deployed");
        keep("deployed-before");
        jobs.Account.ReadsWhileCreating = 3;
        DeployedApp.End(jobs, "deployed");
        await EndedAsync(host, row => row.GetString("Source") == "fine_tune");
        await Polling.UntilAsync(() => !DeployedApp.Own(jobs.Account).Any());
        await Task.Delay(TimeSpan.FromSeconds(5));
        keep("deployed");
    }

    private static Dictionary<string, string> Settings(Uri address, FineTuneServer jobs)
    {
        var settings = new Dictionary<string, string>
        {
            ["Evaluation__MinRowsPerShard"] = "10",
            ["Evaluation__MaxRowsPerShard"] = "10",
            ["Evaluation__ShardSoftDeadline"] = "00:00:01",
            ["FineTuning__Provider"] = "OpenAICompatible",
            ["FineTuning__Endpoint"] = new Uri(jobs.Address, "/v1").ToString(),
            ["FineTuning__ApiKey"] = FineTuneServer.ApiKey,
            ["FineTuning__Model"] = "tuned/*",
            ["FineTuning__Poll"] = "true",
            ["FineTuning__CheckEvery"] = "00:00:01",
        };
        foreach (var (section, name, deployment) in new[] { ("base", "base", "m"), ("tuned", "tuned/*", "*") })
        {
            settings[$"Models__{section}__Name"] = name;
            settings[$"Models__{section}__Provider"] = "OpenAICompatible";
            settings[$"Models__{section}__Endpoint"] = new Uri(address, "/v1").ToString();
            settings[$"Models__{section}__Deployment"] = deployment;
            settings[$"Models__{section}__MaxConcurrency"] = "2";
        }

        return settings;
    }

    /// <returns>The run's id.</returns>
    private static async Task<string> EvaluateAsync(LocalFunctionsHost host, string suite, int samples, bool cancels)
    {
        await UploadAsync(host, suite, samples, """ "onFineTune": { "suffix": "none" } """);
        return await EvaluateUploadedAsync(host, suite, cancels);
    }

    /// <returns>The group's id.</returns>
    private static async Task<string> EvaluateGroupAsync(LocalFunctionsHost host, string suite, int samples, bool cancels)
    {
        await UploadAsync(
            host,
            suite,
            samples,
            """ "candidates": ["tuned/a", "tuned/b"], "baseline": "base", "onFineTune": { "suffix": "none" } """
        );
        return await EvaluateUploadedAsync(host, suite, cancels);
    }

    private static async Task<string> EvaluateUploadedAsync(LocalFunctionsHost host, string suite, bool cancels)
    {
        using var http = new HttpClient { BaseAddress = host.AppUrl };
        using var started = await http.PostAsJsonAsync("/api/evaluations", new { dataset = $"{suite}/test.jsonl" });
        var runId = (string)(await started.Content.ReadFromJsonAsync<JsonObject>())!["runId"]!;
        if (cancels)
        {
            await Task.Delay(TimeSpan.FromSeconds(3));
            using var cancelled = await http.PostAsync($"/api/evaluations/{runId}/cancel", null);
        }

        await EndedAsync(host, row => row.PartitionKey == runId);
        return runId;
    }

    private static async Task ResumeAsync(LocalFunctionsHost host, string runId)
    {
        using var http = new HttpClient { BaseAddress = host.AppUrl };
        using var resumed = await http.PostAsync($"/api/evaluations/{runId}/resume", null);
        resumed.EnsureSuccessStatusCode();
        await EndedAsync(host, row => row.PartitionKey == runId);
    }

    private static async Task FineTuneAsync(LocalFunctionsHost host, FineTuneServer jobs)
    {
        const string Model = "ft:base:acme:recorded:1";
        await UploadAsync(host, "tuned", 20, """ "onFineTune": { "suffix": "recorded" } """);
        await EndedAsync(host, row => row.GetString("Suite") == "tuned");
        jobs.Set("ftjob-recorded", "running", suffix: "recorded");
        var looks = jobs.Lists;
        await Polling.UntilAsync(() => jobs.Lists >= looks + 2);

        jobs.Set("ftjob-recorded", "succeeded", Model, suffix: "recorded");
        await Task.Delay(TimeSpan.FromSeconds(35));
        jobs.Deployments[Model] = Model;
        await EndedAsync(host, row => row.GetString("Source") == "fine_tune");
    }

    private static async Task EvaluateSuiteAsync(LocalFunctionsHost host)
    {
        await UploadAsync(host, "suite", samples: 40, """ "suite": {} """);
        using var http = new HttpClient { BaseAddress = host.AppUrl };
        using var started = await http.PostAsJsonAsync("/api/suites", new { suite = "suite", attempt = 1 });
        var id = (string)(await started.Content.ReadFromJsonAsync<JsonObject>())!["suiteRunId"]!;
        await Polling.FindAsync(async () => (await http.GetFromJsonAsync<JsonObject>($"/api/suites/{id}"))!["finished"]);
    }

    private static async Task UploadAsync(LocalFunctionsHost host, string suite, int samples, string more)
    {
        var container = new BlobContainerClient(host.StorageConnectionString, "datasets");
        await container
            .GetBlobClient($"{suite}/evaluation.json")
            .UploadAsync(
                BinaryData.FromString(
                    $$"""{ "task": "classification", "model": "base", "labels": ["even", "odd"], "metrics": ["accuracy"], {{more}} }"""
                )
            );
        var rows = new StringBuilder();
        for (var number = 0; number < samples; number++)
        {
            rows.Append(
                CultureInfo.InvariantCulture,
                $"{{\"id\":\"{number}\",\"input\":\"{number}\",\"expected\":\"{(number % 2 == 0 ? "even" : "odd")}\"}}\n"
            );
        }

        await container.GetBlobClient($"{suite}/test.jsonl").UploadAsync(BinaryData.FromString(rows.ToString()));
    }

    private static async Task EndedAsync(LocalFunctionsHost host, Func<TableEntity, bool> isMeant)
    {
        var runs = new TableClient(host.StorageConnectionString, "EvaluationRuns");
        await Polling.FindAsync(async () =>
        {
            await foreach (var row in runs.QueryAsync<TableEntity>("RowKey eq 'run'"))
            {
                if (isMeant(row) && PipelineRun.HasEnded(row))
                {
                    return row;
                }
            }

            return null;
        });
    }
}
