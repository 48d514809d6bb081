using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.LocalHost.Hosting;

namespace FunctionsEval.Benchmarks;

/// <summary>What a pipeline is measured on.</summary>
/// <param name="Samples">Rows of the dataset.</param>
/// <param name="LatencyMs">How long the endpoint takes for an answer.</param>
/// <param name="Concurrency">Requests at once.</param>
/// <param name="Endpoint">An endpoint that runs already; null starts one.</param>
/// <param name="CountsTransactions">Whether storage goes through a proxy that counts.</param>
/// <param name="Settings">App settings.</param>
internal sealed record PipelineOptions(
    int Samples,
    int LatencyMs,
    int Concurrency,
    Uri? Endpoint,
    bool CountsTransactions,
    IReadOnlyDictionary<string, string> Settings
);

/// <summary>
/// <c>pipeline</c>: the whole app on this machine, from a dropped dataset to its verdict: Azurite, host, worker and endpoint, each a
/// process of
/// its own but the host, which is this one. A small run before it leaves start-up behind.
/// </summary>
internal static class PipelineCommand
{
    private const string Model = "measured";
    private const int WarmUpSamples = 2_000;

    /// <summary>Measures once and prints a row of a table.</summary>
    public static async Task<int> RunAsync(PipelineOptions options)
    {
        var directory = Directory.CreateTempSubdirectory("functionseval-pipeline-");
        Process? endpoint = null;
        try
        {
            var address = options.Endpoint;
            if (address is null)
            {
                (endpoint, address) = await StartEndpointAsync(options.LatencyMs);
            }

            return await MeasureAsync(options, address, isOurs: endpoint is not null, directory.FullName);
        }
        finally
        {
            if (endpoint is not null)
            {
                endpoint.StandardInput.Close();
                await endpoint.WaitForExitAsync();
                endpoint.Dispose();
            }

            directory.Delete(recursive: true);
        }
    }

    private static async Task<int> MeasureAsync(PipelineOptions options, Uri address, bool isOurs, string directory)
    {
        await using var storage = await AzuriteHost.StartAsync(directory, options.CountsTransactions);
        var settings = new Dictionary<string, string>(options.Settings)
        {
            [$"Models__{Model}__Provider"] = "OpenAICompatible",
            [$"Models__{Model}__Endpoint"] = new Uri(address, "/v1").ToString(),
            [$"Models__{Model}__Deployment"] = "m",
            [$"Models__{Model}__MaxConcurrency"] = options.Concurrency.ToString(CultureInfo.InvariantCulture),
        };
        await using var host = await LocalFunctionsHost.StartAsync(
            new LocalHostOptions
            {
                DataDirectory = Path.Combine(directory, "host"),
                StorageConnectionString = storage.ConnectionString,
                Settings = settings,
            }
        );
        using var http = new HttpClient();

        await EvaluateAsync(host, "warm/test.jsonl", WarmUpSamples);
        if (isOurs)
        {
            await http.GetFromJsonAsync<EndpointLedger>(new Uri(address, "/ledger"));
        }

        var history = await ReadHistoryAsync(storage.DirectConnectionString);
        storage.Proxy?.ResetCounts();
        using var worker = Process.GetProcessById(host.WorkerPid);
        using var azurite = Process.GetProcessById(storage.ProcessId);
        using var self = Process.GetCurrentProcess();
        var before = (Worker: Cpu(worker), Host: Cpu(self), Azurite: Cpu(azurite));

        var clock = Stopwatch.StartNew();
        var run = await EvaluateAsync(host, "measured/test.jsonl", options.Samples);
        var total = clock.Elapsed;

        var ledger = isOurs ? await http.GetFromJsonAsync<EndpointLedger>(new Uri(address, "/ledger")) : null;
        var finished = run.GetDateTimeOffset("Finished")!.Value.UtcDateTime;
        var wall = ledger?.First is { } first ? finished - first : total;
        var ideal = TimeSpan.FromMilliseconds((double)options.Samples * options.LatencyMs / options.Concurrency);
        Print(options, run, ledger, total, wall, ideal);
        PrintCost(
            options.Samples,
            Cpu(worker) - before.Worker,
            Cpu(self) - before.Host,
            Cpu(azurite) - before.Azurite,
            worker.PeakWorkingSet64,
            storage.Proxy
        );
        await PrintHistoryAsync(storage.DirectConnectionString, run.PartitionKey, history);
        return run.GetString("Status") == "Completed" && run.GetInt64("CandidateScored") == options.Samples ? 0 : 1;
    }

    private static void Print(
        PipelineOptions options,
        TableEntity run,
        EndpointLedger? ledger,
        TimeSpan total,
        TimeSpan wall,
        TimeSpan ideal
    )
    {
        Console.WriteLine(
            FormattableString.Invariant(
                $"{options.Samples:N0} samples, {options.LatencyMs} ms, concurrency {options.Concurrency}: {run.GetString("Status")}, {run.GetInt64("CandidateScored"):N0} scored"
            )
        );
        Console.WriteLine(FormattableString.Invariant($"upload to verdict   {total.TotalSeconds:0.0} s"));
        Console.WriteLine(
            FormattableString.Invariant(
                $"first call to verdict {wall.TotalSeconds:0.0} s, {options.Samples / wall.TotalSeconds:N0} samples/s"
            )
        );
        if (ledger is { First: { } first, Last: { } last })
        {
            Console.WriteLine(
                FormattableString.Invariant(
                    $"first to last call  {(last - first).TotalSeconds:0.0} s, {ledger.Requests:N0} requests, {ledger.MaxInFlight} at once at most"
                )
            );
        }

        if (ideal > TimeSpan.Zero)
        {
            Console.WriteLine(FormattableString.Invariant($"ideal               {ideal.TotalSeconds:0.0} s, ratio {wall / ideal:0.000}"));
        }
    }

    private static void PrintCost(int samples, TimeSpan worker, TimeSpan host, TimeSpan azurite, long peak, StorageProxy? proxy)
    {
        var thousands = samples / 1000.0;
        Console.WriteLine(
            FormattableString.Invariant(
                $"CPU s per 1,000 samples: worker {worker.TotalSeconds / thousands:0.00}, host {host.TotalSeconds / thousands:0.00}{(proxy is null ? "" : " (with the counting proxy)")}, Azurite {azurite.TotalSeconds / thousands:0.00}"
            )
        );
        Console.WriteLine(FormattableString.Invariant($"worker's peak working set {peak >> 20} MB"));
        if (proxy is not null)
        {
            Console.WriteLine(
                FormattableString.Invariant($"storage transactions per 1,000 samples {proxy.Total / thousands:0}: ")
                    + string.Join(
                        ", ",
                        proxy
                            .Counts.OrderByDescending(count => count.Value)
                            .Select(count => FormattableString.Invariant($"{count.Key} {count.Value / thousands:0.0}"))
                    )
            );
        }
    }

    /// <summary>What the Durable extension keeps: the histories of all orchestrations.</summary>
    private static async Task<(int Rows, long Characters)> ReadHistoryAsync(string connectionString)
    {
        var (rows, characters) = (0, 0L);
        await foreach (var row in new TableClient(connectionString, "FunctionsEvalHistory").QueryAsync<TableEntity>())
        {
            rows++;
            characters += row.Select(column => column.Value).OfType<string>().Sum(value => value.Length);
        }

        return (rows, characters);
    }

    private static async Task PrintHistoryAsync(string connectionString, string runId, (int Rows, long Characters) before)
    {
        var shards = 0;
        await foreach (
            var blob in new BlobContainerClient(connectionString, "runs").GetBlobsAsync(
                BlobTraits.None,
                BlobStates.None,
                $"{runId}/candidate/shards/",
                default
            )
        )
        {
            shards += blob.Name.EndsWith(".jsonl", StringComparison.Ordinal) ? 1 : 0;
        }

        var (rows, characters) = await ReadHistoryAsync(connectionString);
        Console.WriteLine(
            FormattableString.Invariant(
                $"shards {shards}; history {rows - before.Rows:N0} rows, {(double)(rows - before.Rows) / shards:0.0} a shard, {(characters - before.Characters) / 1024:N0} Ki characters"
            )
        );
    }

    private static TimeSpan Cpu(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    private static async Task<TableEntity> EvaluateAsync(LocalFunctionsHost host, string dataset, int samples)
    {
        var container = new BlobContainerClient(host.StorageConnectionString, "datasets");
        await container.CreateIfNotExistsAsync();
        var suite = dataset.Split('/')[0];
        await container
            .GetBlobClient($"{suite}/evaluation.json")
            .UploadAsync(
                BinaryData.FromString(
                    $$"""{ "task": "classification", "model": "{{Model}}", "labels": ["even", "odd"], "metrics": ["accuracy", "f1"], "gate": { "rules": [ { "metric": "accuracy", "minimum": 0.9 } ] } }"""
                )
            );
        var rows = new StringBuilder();
        for (var number = 0; number < samples; number++)
        {
            rows.Append(
                CultureInfo.InvariantCulture,
                $"{{\"id\":\"{number}\",\"input\":\"Is this number even or odd? {number}\",\"expected\":\"{(number % 2 == 0 ? "even" : "odd")}\"}}\n"
            );
        }

        await using (var content = await container.GetBlobClient(dataset).OpenWriteAsync(overwrite: true))
        {
            foreach (var chunk in rows.GetChunks())
            {
                await content.WriteAsync(Encoding.UTF8.GetBytes(chunk.ToString()));
            }
        }

        using var http = new HttpClient { BaseAddress = host.AppUrl };
        using var started = await http.PostAsJsonAsync("/api/evaluations", new { dataset });
        if (!started.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(
                $"The start was answered {(int)started.StatusCode}: {await started.Content.ReadAsStringAsync()} See {host.LogFilePath}: {string.Join('\n', File.ReadLines(host.LogFilePath).Where(line => line.Contains("rror", StringComparison.Ordinal)).TakeLast(5))}"
            );
        }

        var runId = (await started.Content.ReadFromJsonAsync<Started>())!.RunId;
        var runs = new TableClient(host.StorageConnectionString, "EvaluationRuns");
        return await Polling.FindAsync(async () =>
            await runs.GetEntityIfExistsAsync<TableEntity>(runId, "run") is { HasValue: true, Value: { } row } && HasEnded(row) ? row : null
        );
    }

    /// <summary>Whether a run's row says that nothing of it is under way any more.</summary>
    public static bool HasEnded(TableEntity run) => run.GetString("Status") is "Completed" or "Partial" or "Failed" or "Cancelled";

    /// <summary>Starts an endpoint in a process of its own; it ends when its standard input is closed.</summary>
    public static async Task<(Process Process, Uri Address)> StartEndpointAsync(int latencyMs)
    {
        var program = Path.Combine(AppContext.BaseDirectory, typeof(PipelineCommand).Assembly.GetName().Name + ".dll");
        string[] arguments = ["endpoint", "--latency", latencyMs.ToString(CultureInfo.InvariantCulture)];
        var process = Process.Start(
            new ProcessStartInfo(
                Environment.ProcessPath!,
                Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [program, .. arguments] : arguments
            )
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        var address = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The endpoint did not start.");
        return (process, new Uri(address));
    }

    private sealed record Started(string RunId);
}
