using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using DurableTask.AzureStorage;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.LocalHost.Client;
using FunctionsEval.LocalHost.Hosting;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>The whole app on Azurite with a recording endpoint as its only model server; reached the way users reach it.</summary>
internal sealed class EvaluationApp : IAsyncDisposable
{
    /// <summary>The key of the recorded model: a secret to look for where it must not be.</summary>
    public const string ApiKey = "secret-key-7f3a";

    /// <summary>How long a run may take before a test has failed; much more than any takes.</summary>
    private static readonly TimeSpan EndDeadline = TimeSpan.FromMinutes(10);

    /// <summary>Looking reads the whole table of runs: where a run takes long, a tenth of its time is soon enough.</summary>
    private static readonly (TimeSpan First, TimeSpan Last) Looks = (TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500));

    /// <summary>Settings of an app that starts nothing, and finishes nothing, but what it is asked to.</summary>
    public static readonly (string Name, string Value)[] WithoutTimers =
    [
        .. new[]
        {
            "DatasetUploaded",
            "SweepDatasets",
            "ReconcileRuns",
            "ReconcileDatasets",
            "PollFineTuneJobs",
            "SweepDeployments",
        }.Select(function => ($"AzureWebJobs.{function}.Disabled", "true")),
    ];

    private readonly TemporaryDirectory _directory;
    private LocalHostOptions _options;

    private readonly AzuriteHost? _storage;

    private AppPool? _pool;

    private string _kind = "";

    private EvaluationApp(
        TemporaryDirectory directory,
        RecordingEndpoint endpoint,
        LocalHostOptions options,
        LocalFunctionsHost host,
        AzuriteHost? storage
    )
    {
        _storage = storage;
        _directory = directory;
        Endpoint = endpoint;
        _options = options;
        Host = host;
    }

    public RecordingEndpoint Endpoint { get; }

    public LocalFunctionsHost Host { get; private set; }

    /// <summary>A client that outwaits a busy machine.</summary>
    public HttpClient Http => new() { BaseAddress = Host.AppUrl, Timeout = TimeSpan.FromMinutes(5) };

    /// <summary>The storage as it is, whatever its proxy does to the app.</summary>
    public BlobServiceClient Blobs => new(_storage?.DirectConnectionString ?? Host.StorageConnectionString);

    public TableServiceClient Tables => new(_storage?.DirectConnectionString ?? Host.StorageConnectionString);

    /// <summary>The app's orchestrations, as whoever holds the storage's key sees them.</summary>
    public AzureStorageOrchestrationService Orchestrations =>
        new(
            new AzureStorageOrchestrationServiceSettings
            {
                StorageAccountClientProvider = new StorageAccountClientProvider(
                    _storage?.DirectConnectionString ?? Host.StorageConnectionString
                ),
                TaskHubName = "FunctionsEval",
                PartitionCount = 4,
            }
        );

    /// <summary>What stands between the app and its storage.</summary>
    public StorageProxy Storage =>
        _storage?.Proxy ?? throw new InvalidOperationException("The app was started without a proxy before its storage.");

    /// <summary>
    /// An app of a pool, started where none with the settings waits; its end gives it back. For tests that leave no run unfinished, and
    /// settings and storage as they were.
    /// </summary>
    public static async Task<EvaluationApp> BorrowAsync(AppPool pool, bool withProxy, params (string Name, string Value)[] settings)
    {
        var kind = $"{withProxy} {string.Join(' ', settings)}";
        var app = pool.TryTake(kind) ?? await StartAsync(withProxy, settings);
        (app._pool, app._kind) = (pool, kind);
        return app;
    }

    /// <inheritdoc cref="BorrowAsync(AppPool, bool, ValueTuple{string, string}[])"/>
    public static Task<EvaluationApp> BorrowAsync(AppPool pool, params (string Name, string Value)[] settings) =>
        BorrowAsync(pool, withProxy: false, settings);

    /// <param name="settings">App settings beside those of the models <c>recorded</c>, <c>recorded-base</c>, <c>recorded-judge</c>,
    /// <c>recorded-embedder</c> and <c>recorded-lm</c>.</param>
    public static Task<EvaluationApp> StartAsync(params (string Name, string Value)[] settings) => StartAsync(withProxy: false, settings);

    /// <summary>As <see cref="StartAsync(ValueTuple{string, string}[])"/>, with a proxy before the storage that can fail.</summary>
    public static async Task<EvaluationApp> StartAsync(bool withProxy, params (string Name, string Value)[] settings)
    {
        var directory = new TemporaryDirectory();
        var endpoint = await RecordingEndpoint.StartAsync();
        var all = new Dictionary<string, string>();
        foreach (var model in new[] { "recorded", "recorded-base", "recorded-judge", "recorded-embedder", "recorded-lm" })
        {
            all[$"Models__{model}__Provider"] = "OpenAICompatible";
            all[$"Models__{model}__Endpoint"] = endpoint.Endpoint.ToString();
            all[$"Models__{model}__Deployment"] = model;
            all[$"Models__{model}__ApiKey"] = ApiKey;
        }

        all["Models__tuned__Name"] = "tuned/*";
        all["Models__tuned__Provider"] = "OpenAICompatible";
        all["Models__tuned__Endpoint"] = endpoint.Endpoint.ToString();
        all["Models__tuned__Deployment"] = "*";
        all["Models__tuned__ApiKey"] = ApiKey;
        all["Models__recorded-lm__Api"] = "Completions";
        all["Models__recorded-embedder__Api"] = "Embeddings";
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        var storage = withProxy ? await AzuriteHost.StartAsync(directory.Path, withProxy: true) : null;
        var options = new LocalHostOptions
        {
            DataDirectory = directory.Combine("host"),
            Settings = all,
            StorageConnectionString = storage?.ConnectionString,
        };
        return new EvaluationApp(directory, endpoint, options, await LocalFunctionsHost.StartAsync(options), storage);
    }

    /// <summary>Stops the storage in order, and starts it again.</summary>
    public Task RestartStorageAsync(Action whileAway) => _storage!.RestartAsync(whileAway);

    /// <summary>Ends the worker as a crash does.</summary>
    public void KillWorker()
    {
        try
        {
            using var worker = Process.GetProcessById(Host.WorkerPid);
            if (IsOurs(worker))
            {
                worker.Kill();
                worker.WaitForExit();
            }
        }
        catch (ArgumentException)
        {
            // It has ended, and its successor is not there yet.
        }
    }

    /// <summary>
    /// As <see cref="KillWorker"/>, and what the dead worker's leases would keep waiting for up to twenty seconds goes on at once. For
    /// tests whose subject is not that wait, of apps without a second host.
    /// </summary>
    public void KillWorkerAndItsLeases()
    {
        KillWorker();
        ShardLogs.EndLeases(Blobs);
    }

    /// <summary>Whether a process is a child of this one: the id of a worker that has ended may be another program's by now.</summary>
    private static bool IsOurs(Process process)
    {
        var status = $"/proc/{process.Id}/status";
        return !File.Exists(status) || File.ReadLines(status).Contains($"PPid:\t{Environment.ProcessId}");
    }

    /// <summary>A second host on the same storage, as another instance of the app, or with settings of its own as another app.</summary>
    public Task<LocalFunctionsHost> StartSecondHostAsync(params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string>(_options.Settings);
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        return LocalFunctionsHost.StartAsync(
            _options with
            {
                DataDirectory = _directory.Combine("second"),
                StorageConnectionString = Host.StorageConnectionString,
                Settings = all,
            }
        );
    }

    /// <summary>A second host on the same storage in a process of its own, which can be killed.</summary>
    public HostProcess StartSecondHostProcess()
    {
        var directory = Directory.CreateDirectory(_directory.Combine("process"));
        return HostProcess.Start(
            directory.FullName,
            [
                "--storage",
                Host.StorageConnectionString,
                .. _options.Settings.SelectMany(setting => new[] { "--set", $"{setting.Key}={setting.Value}" }),
            ]
        );
    }

    /// <summary>Ends the worker with its leases, as a crash does, at a request to its storage, and answers that as told.</summary>
    public void KillOnce(Func<StorageCall, bool> isTheMoment, StorageFault fault)
    {
        var killed = 0;
        Storage.Fault = call =>
        {
            if (!isTheMoment(call) || Interlocked.Exchange(ref killed, 1) == 1)
            {
                return StorageFault.None;
            }

            KillWorkerAndItsLeases();
            return fault;
        };
    }

    /// <summary>Runs a timer's function now, and waits for its end.</summary>
    public async Task RunTimerAsync(string function)
    {
        using var http = Http;
        using var answer = await http.PostAsync($"/admin/functions/{function}", content: null);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, answer.StatusCode);
    }

    /// <summary>Stops the host, and starts it again on the same data.</summary>
    public async Task RestartAsync()
    {
        await Host.DisposeAsync();
        Host = await LocalFunctionsHost.StartAsync(_options);
    }

    /// <summary>As <see cref="RestartAsync()"/>, with other settings; null takes one away.</summary>
    public Task RestartAsync(params (string Name, string? Value)[] changes)
    {
        var all = new Dictionary<string, string>(_options.Settings);
        foreach (var (name, value) in changes)
        {
            all.Remove(name);
            if (value is not null)
            {
                all[name] = value;
            }
        }

        _options = _options with { Settings = all };
        return RestartAsync();
    }

    /// <summary>Starts a run by HTTP, and waits until it has ended.</summary>
    /// <returns>Its row in <c>EvaluationRuns</c>.</returns>
    public async Task<TableEntity> StartedAsync(string dataset, string spec, int attempt = 0)
    {
        using var http = Http;
        using var answer = await http.PostAsync(
            "/api/evaluations",
            JsonContent.Create(
                new
                {
                    dataset,
                    spec = JsonNode.Parse(spec),
                    attempt,
                }
            )
        );
        var body = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.True(answer.IsSuccessStatusCode, body.ToJsonString());
        return await EndedAsync(dataset, row => row.PartitionKey == (string?)body["runId"]);
    }

    /// <summary>Uploads a dataset, after its spec if one is given.</summary>
    /// <returns>The dataset's ETag, by which its run is found.</returns>
    public async Task<string> DropAsync(string dataset, string? spec, byte[] content)
    {
        var container = Blobs.GetBlobContainerClient("datasets");
        if (spec is not null)
        {
            await container
                .GetBlobClient(dataset[..dataset.LastIndexOf('/')] + "/evaluation.json")
                .UploadAsync(BinaryData.FromString(spec), overwrite: true);
        }

        var uploaded = await container.GetBlobClient(dataset).UploadAsync(new BinaryData(content), overwrite: true);
        return uploaded.Value.ETag.ToString("H");
    }

    public Task<string> DropAsync(string dataset, string? spec, IEnumerable<string> lines) =>
        DropAsync(dataset, spec, Encoding.UTF8.GetBytes(string.Join('\n', lines)));

    /// <summary>Uploads a dataset, after its spec if one is given, and waits until its run has ended.</summary>
    /// <returns>The run's row in <c>EvaluationRuns</c>.</returns>
    public async Task<TableEntity> EvaluateAsync(string dataset, string? spec, byte[] content) =>
        await EndedAsync(dataset, await DropAsync(dataset, spec, content));

    /// <inheritdoc cref="EvaluateAsync(string, string?, byte[])"/>
    public async Task<TableEntity> EvaluateAsync(string dataset, string? spec, IEnumerable<string> lines) =>
        await EndedAsync(dataset, await DropAsync(dataset, spec, lines));

    /// <summary>The rows of a dataset's runs in <c>EvaluationRuns</c>.</summary>
    public async Task<List<TableEntity>> RunsAsync(string dataset)
    {
        var rows = new List<TableEntity>();
        await foreach (
            var row in Tables.GetTableClient("EvaluationRuns").QueryAsync<TableEntity>($"RowKey eq 'run' and Dataset eq '{dataset}'")
        )
        {
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Waits until the run of a dataset's version has ended, and returns its row.</summary>
    public Task<TableEntity> EndedAsync(string dataset, string etag) => EndedAsync(dataset, row => row.GetString("DatasetETag") == etag);

    /// <summary>Waits until the run of a dataset that is meant has ended, and returns its row.</summary>
    public async Task<TableEntity> EndedAsync(string dataset, Func<TableEntity, bool> isMeant)
    {
        TableEntity? run = null;
        var waited = Stopwatch.StartNew();
        while (run?.GetString("Status") is not ("Completed" or "Partial" or "Cancelled" or "Failed"))
        {
            Assert.True(waited.Elapsed < EndDeadline, $"The run of {dataset} has not ended: {run?.GetString("Status") ?? "not started"}.");
            var pause = TimeSpan.FromTicks(Math.Clamp(waited.Elapsed.Ticks / 10, Looks.First.Ticks, Looks.Last.Ticks));
            await Task.Delay(pause, TestContext.Current.CancellationToken);
            run = (await RunsAsync(dataset)).FirstOrDefault(isMeant);
        }

        return run;
    }

    public async Task<TableEntity> MetricAsync(string runId, string rowKey) =>
        await Tables.GetTableClient("EvaluationMetrics").GetEntityAsync<TableEntity>(runId, rowKey);

    public async Task<JsonObject> SummaryAsync(string runId) =>
        JsonNode
            .Parse(
                (
                    await Blobs.GetBlobContainerClient("runs").GetBlobClient($"{runId}/summary.json").DownloadContentAsync()
                ).Value.Content.ToString()
            )!
            .AsObject();

    public async Task<string> SamplesAsync(string runId) =>
        (
            await Blobs.GetBlobContainerClient("runs").GetBlobClient($"{runId}/samples.jsonl").DownloadContentAsync()
        ).Value.Content.ToString();

    /// <summary>Scores a run's samples as the command <c>score</c> does.</summary>
    public async Task<EvaluationResult> ScoreOfflineAsync(string runId, string spec)
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Combine("samples.jsonl");
        await File.WriteAllTextAsync(file, await SamplesAsync(runId));
        return new PredictionFile(file, SpecReader.Read(spec, "evaluation.json")).Score(threads: 2);
    }

    /// <summary>
    /// Everything the app and the extensions write outside the run's blobs: the logs, and every row of every table, histories among them.
    /// </summary>
    public async Task<List<string>> OutsideRunsAsync()
    {
        var places = new List<string> { await ReadLogAsync(Host.LogFilePath) };
        foreach (
            var log in Directory
                .EnumerateFiles(_directory.Path, "host.log", SearchOption.AllDirectories)
                .Where(log => log != Host.LogFilePath)
        )
        {
            places.Add(await ReadLogAsync(log));
        }

        await foreach (var table in Tables.QueryAsync())
        {
            await foreach (var row in Tables.GetTableClient(table.Name).QueryAsync<TableEntity>())
            {
                places.Add(string.Join("\n", row.Select(column => column.Value)));
            }
        }

        return places;
    }

    private static async Task<string> ReadLogAsync(string path)
    {
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    /// <summary>Ends it, or gives it back to its pool.</summary>
    public async ValueTask DisposeAsync()
    {
        var isKept = false;
        try
        {
            isKept = _pool is not null && await TryGiveBackAsync();
        }
        finally
        {
            if (!isKept)
            {
                await EndAsync();
            }
        }
    }

    /// <summary>
    /// False where another test could meet what this one left: a run that goes on, as a test that failed leaves it, or a host that does
    /// not.
    /// </summary>
    private async Task<bool> TryGiveBackAsync()
    {
        var pool = Interlocked.Exchange(ref _pool, null)!;
        await Endpoint.ResetAsync();
        _storage?.Proxy!.Fault = null;
        return !Host.Completion.IsCompleted && await HaveRunsEndedAsync() && pool.TryKeep(_kind, this);
    }

    private async Task<bool> HaveRunsEndedAsync()
    {
        var unfinished = Tables
            .GetTableClient("EvaluationRuns")
            .QueryAsync<TableEntity>(
                "RowKey eq 'run' and Status ne 'Completed' and Status ne 'Partial' and Status ne 'Cancelled' and Status ne 'Failed'"
            );
        await using var rows = unfinished.GetAsyncEnumerator();
        return !await rows.MoveNextAsync();
    }

    private async Task EndAsync()
    {
        await Host.DisposeAsync();
        await Endpoint.DisposeAsync();
        if (_storage is not null)
        {
            await _storage.DisposeAsync();
        }

        _directory.Dispose();
    }
}
