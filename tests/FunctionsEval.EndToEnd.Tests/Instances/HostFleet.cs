using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using FunctionsEval.EndToEnd.Tests.Faults;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Instances;

/// <summary>
/// Several hosts on one Azurite, as several instances of one app: one task hub, and host, worker and endpoint of each its own. What is true
/// of a run must be true of it however many of them there are and whatever becomes of them.
/// </summary>
internal sealed class HostFleet : IAsyncDisposable
{
    /// <summary>Text of rows that is in the run's blobs and nowhere else.</summary>
    private const string Canary = "quokka";

    private readonly TemporaryDirectory _directory;
    private readonly AzuriteHost _storage;
    private readonly (string Name, string Value)[] _settings;
    private readonly List<FleetHost> _hosts = [];

    private HostFleet(TemporaryDirectory directory, AzuriteHost storage, (string, string)[] settings) =>
        (_directory, _storage, _settings) = (directory, storage, settings);

    /// <summary>All hosts that were started, those that were killed among them.</summary>
    public IReadOnlyList<FleetHost> Hosts => _hosts;

    public BlobServiceClient Blobs => new(_storage.DirectConnectionString);

    public TableServiceClient Tables => new(_storage.DirectConnectionString);

    /// <summary>Answers that were given whole by all endpoints: what is paid.</summary>
    public int Paid => _hosts.Sum(host => host.Endpoint.Paid);

    /// <summary>Starts hosts beside each other.</summary>
    /// <param name="hosts">How many.</param>
    /// <param name="settings">App settings of all, beside those of the model <c>recorded</c>.</param>
    public static async Task<HostFleet> StartAsync(int hosts, params (string Name, string Value)[] settings)
    {
        var directory = new TemporaryDirectory();
        var fleet = new HostFleet(directory, await AzuriteHost.StartAsync(directory.Path, withProxy: false), settings);
        // The first alone: it makes the task hub that the others find.
        await fleet.AddAsync();
        await Task.WhenAll(Enumerable.Range(1, hosts - 1).Select(_ => fleet.AddAsync()));
        return fleet;
    }

    /// <summary>Starts another host on the same storage.</summary>
    /// <param name="app">The folder of another build of the app; null for this one.</param>
    public async Task<FleetHost> AddAsync(string? app = null)
    {
        var endpoint = await RecordingEndpoint.StartAsync();
        endpoint.Answer = Parity.Answer;
        endpoint.Latency = _hosts.Count > 0 ? _hosts[0].Endpoint.Latency : TimeSpan.Zero;
        var directory = Directory.CreateDirectory(_directory.Combine($"host-{Guid.NewGuid():N}")).FullName;
        var process = HostProcess.Start(
            directory,
            [
                "--storage",
                _storage.ConnectionString,
                .. app is null ? (string[])[] : ["--app", app],
                .. SettingsOf(endpoint).Concat(_settings).SelectMany(setting => (string[])["--set", $"{setting.Name}={setting.Value}"]),
            ]
        );
        var host = new FleetHost(process, endpoint, directory);
        lock (_hosts)
        {
            _hosts.Add(host);
        }

        return await host.ReadyAsync();
    }

    /// <summary>How long each endpoint takes for an answer, from now on.</summary>
    public void AnswerAfter(TimeSpan latency) => _hosts.ForEach(host => host.Endpoint.Latency = latency);

    /// <summary>Uploads a dataset of parity rows and has a host start its evaluation.</summary>
    /// <returns>The run's id.</returns>
    public async Task<string> BeginAsync(FleetHost by, string suite, int samples, string rows = Canary)
    {
        var datasets = Blobs.GetBlobContainerClient("datasets");
        var content = new BinaryData(Encoding.UTF8.GetBytes(string.Join('\n', Parity.Rows(rows, samples))));
        await datasets.GetBlobClient($"{suite}/test.jsonl").UploadAsync(content);
        using var http = new HttpClient { BaseAddress = by.Instance.AppUrl, Timeout = TimeSpan.FromMinutes(5) };
        var request = new { dataset = $"{suite}/test.jsonl", spec = JsonNode.Parse(Parity.Spec) };
        using var answer = await http.PostAsync("/api/evaluations", JsonContent.Create(request));
        var body = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.True(answer.IsSuccessStatusCode, body.ToJsonString());
        return (string)body["runId"]!;
    }

    /// <summary>Waits until so many answers are paid: the run is in the middle.</summary>
    public Task PaidAsync(int answers) => Eventually.TrueAsync(() => Paid >= answers, $"{answers} answers are paid");

    /// <summary>Kills hosts at a moment at which every answer is in a shard log, so that nothing that was paid may be paid again.</summary>
    public async Task KillAsync(params FleetHost[] hosts)
    {
        var running = _hosts.Where(host => !host.IsKilled).ToList();
        running.ForEach(host => host.Hold());
        await Eventually.TrueAsync(() => running.TrueForAll(host => host.IsHeld), "every request is held");
        await ShardLogs.HoldAsync(Blobs, Paid);
        await Task.WhenAll(hosts.Select(host => host.KillAsync()));
        running.Where(host => !host.IsKilled).ToList().ForEach(host => host.Open());
    }

    /// <summary>A run's row once it has ended.</summary>
    public async Task<TableEntity> EndedAsync(string runId)
    {
        TableEntity? run = null;
        await Eventually.TrueAsync(
            async () => WalkOracle.HasEnded(run = await Tables.GetTableClient("EvaluationRuns").GetEntityAsync<TableEntity>(runId, "run")),
            () => $"run {runId} has ended; it is {run?.GetString("Status")}",
            TimeSpan.FromMinutes(8)
        );
        return run!;
    }

    /// <summary>
    /// Every sample has one outcome, in the dataset's order; row, summary and samples say the same; the numbers are those of the answers;
    /// and what was paid is no more than it may be.
    /// </summary>
    /// <param name="runId">The run, which has ended.</param>
    /// <param name="samples">Its samples.</param>
    /// <param name="mayBePaidAgain">Calls that may have been in flight when a process stood still, or were for other runs.</param>
    public async Task AssertWholeAsync(string runId, int samples, int mayBePaidAgain = 0)
    {
        var run = await EndedAsync(runId);
        Assert.Equal(("Completed", null, (long?)samples), (run.GetString("Status"), run.GetString("ErrorCode"), run.GetInt64("Samples")));
        Assert.Equal((samples * 9 / 10, samples / 10), (run.GetInt64("CandidateScored"), run.GetInt64("CandidateUnparsable")));

        var summary = JsonNode.Parse(await ReadAsync(runId, "summary.json"))!;
        Assert.True((bool)summary["isComplete"]!);
        Assert.Equal(run.GetString("Verdict"), (string?)summary["verdict"]!["result"]);
        var lines = (await ReadAsync(runId, "samples.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var ids = lines.Select(line => (string)JsonNode.Parse(line)!["id"]!);
        Assert.Equal(Enumerable.Range(0, samples).Select(number => $"n{number}"), ids);
        var accuracy = await Tables.GetTableClient("EvaluationMetrics").GetEntityAsync<TableEntity>(runId, "candidate|accuracy|all");
        // Of ten answers one is wrong and one is unparsable.
        Assert.Equal((0.8, samples), (accuracy.Value.GetDouble("Value")!.Value, accuracy.Value.GetInt64("Samples")));
        Assert.InRange(Paid, samples, samples + mayBePaidAgain);
        await AssertNothingLeakedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }

        await _storage.DisposeAsync();
        _directory.Dispose();
    }

    private static IEnumerable<(string Name, string Value)> SettingsOf(RecordingEndpoint endpoint) =>
        [
            ("Models__recorded__Provider", "OpenAICompatible"),
            ("Models__recorded__Endpoint", endpoint.Endpoint.ToString()),
            ("Models__recorded__Deployment", "recorded"),
            ("Models__recorded__ApiKey", EvaluationApp.ApiKey),
            // A message of a host that has died is visible again sooner.
            ("AzureFunctionsJobHost__extensions__durableTask__storageProvider__workItemQueueVisibilityTimeout", "00:00:05"),
        ];

    private async Task<string> ReadAsync(string runId, string file) =>
        (await Blobs.GetBlobContainerClient("runs").GetBlobClient($"{runId}/{file}").DownloadContentAsync()).Value.Content.ToString();

    /// <summary>Row text and keys are in no log and no table, histories among them.</summary>
    private async Task AssertNothingLeakedAsync()
    {
        foreach (var host in _hosts)
        {
            AssertHasNoContent(await host.ReadLogAsync());
        }

        await foreach (var table in Tables.QueryAsync())
        {
            await foreach (var row in Tables.GetTableClient(table.Name).QueryAsync<TableEntity>())
            {
                AssertHasNoContent(string.Join('\n', row.Select(column => column.Value)));
            }
        }
    }

    private static void AssertHasNoContent(string place)
    {
        Assert.DoesNotContain(Canary, place, StringComparison.Ordinal);
        Assert.DoesNotContain(EvaluationApp.ApiKey, place, StringComparison.Ordinal);
    }
}
