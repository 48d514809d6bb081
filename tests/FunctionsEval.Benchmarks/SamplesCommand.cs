using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using FunctionsEval.Benchmarks.Pipeline;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.LocalHost.Hosting;

namespace FunctionsEval.Benchmarks;

/// <summary>
/// <c>samples</c>: how long the app takes to find samples of a large run with two models, on this machine. Each line of samples.jsonl has
/// some kilobyte. Requests go through the host, as those of the dashboard do.
/// </summary>
internal static class SamplesCommand
{
    private const int Repetitions = 7;
    private const int LabelNoise = 17; // Every 17th row has the wrong reference, so that there are wrong answers.

    private static readonly string[] Words = ["balance", "card", "transfer", "arrival", "refund", "pending", "identity", "exchange"];

    /// <summary>Evaluates a dataset and prints a table of times.</summary>
    public static async Task<int> RunAsync(int samples)
    {
        var directory = Directory.CreateTempSubdirectory("functionseval-samples-");
        await using var endpoint = await EndpointProcess.StartAsync(latencyMs: 0);
        try
        {
            await using var storage = await AzuriteHost.StartAsync(directory.FullName, withProxy: false);
            await using var host = await LocalFunctionsHost.StartAsync(
                new LocalHostOptions
                {
                    DataDirectory = Path.Combine(directory.FullName, "host"),
                    StorageConnectionString = storage.ConnectionString,
                    Settings = new[] { "tuned", "base" }.SelectMany(model => SettingsOf(model, endpoint.Address)).ToDictionary(),
                }
            );
            using var http = new HttpClient { BaseAddress = host.AppUrl, Timeout = TimeSpan.FromMinutes(4) };
            var runId = await EvaluateAsync(host, http, samples);
            await MeasureAsync(http, runId, host);
            return 0;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(HttpClient http, string runId, LocalFunctionsHost host)
    {
        Console.WriteLine("| request | first | median | fastest | bytes |");
        Console.WriteLine("|---|---|---|---|---|");
        var path = $"/api/evaluations/{runId}/samples";
        var page = await TimeAsync(http, "first page", _ => path);
        await TimeAsync(http, "page in the middle", number => $"{path}?offset={(long)page["total"]! / 2 + (number * 50)}");
        await TimeAsync(http, "wrong answers with a label and a tag", number => $"{path}?correct=false&label=odd&tag=lang=l{number}");
        await TimeAsync(http, "samples lost", _ => $"{path}?flip=lost");
        await TimeAsync(http, "worst score first", _ => $"{path}?sort=score");
        await TimeAsync(http, "longest answer first, wrong ones", _ => $"{path}?sort=length&correct=false");
        await TimeAsync(http, "search for a text that one sample has", number => $"{path}?text=needle%20{number * 1_000}%20");
        await TimeAsync(
            http,
            "search for a text that many have, among the wrong",
            number => $"{path}?correct=false&text={Words[number]}%20{Words[(number + 1) % Words.Length]}"
        );
        await TimeAsync(http, "the same search, next page", _ => $"{path}?correct=false&text={Words[0]}%20{Words[1]}&offset=50");
        await TimeAsync(http, "facets", _ => $"{path}/facets");
        await TimeAsync(http, "facets of the wrong answers", _ => $"{path}/facets?correct=false");
        await TimeAsync(http, "one sample, among the wrong", number => $"{path}/{page["samples"]![number]!["key"]}?correct=false");
        await ForgetIndexAsync(host, runId);
        await TimeAsync(http, "first page of a run of an earlier version", _ => path);
        using var worker = Process.GetProcessById(host.WorkerPid);
        Console.WriteLine(FormattableString.Invariant($"worker's peak working set {worker.PeakWorkingSet64 >> 20} MB"));
    }

    /// <summary>Asks several times and prints a row of the table.</summary>
    /// <returns>The last answer.</returns>
    private static async Task<JsonNode> TimeAsync(HttpClient http, string name, Func<int, string> path)
    {
        var times = new List<double>();
        var answer = "";
        for (var number = 0; number < Repetitions; number++)
        {
            var clock = Stopwatch.StartNew();
            answer = await http.GetStringAsync(new Uri(path(number), UriKind.Relative));
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        var sorted = times.Order().ToList();
        Console.WriteLine(
            FormattableString.Invariant(
                $"| {name} | {times[0]:0} ms | {sorted[Repetitions / 2]:0} ms | {sorted[0]:0} ms | {answer.Length:N0} |"
            )
        );
        return JsonNode.Parse(answer)!;
    }

    /// <summary>Writes the samples again, so that the index is of another version.</summary>
    private static async Task ForgetIndexAsync(LocalFunctionsHost host, string runId)
    {
        var samples = new BlobClient(host.StorageConnectionString, "runs", $"{runId}/samples.jsonl");
        await using var content = await samples.OpenReadAsync();
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy);
        copy.Position = 0;
        await samples.UploadAsync(copy, overwrite: true);
        Console.WriteLine(FormattableString.Invariant($"samples.jsonl has {copy.Length >> 20} MiB"));
    }

    private static IEnumerable<KeyValuePair<string, string>> SettingsOf(string model, Uri endpoint) =>
        [
            new($"Models__{model}__Provider", "OpenAICompatible"),
            new($"Models__{model}__Endpoint", new Uri(endpoint, "/v1").ToString()),
            new($"Models__{model}__Deployment", "m"),
            new($"Models__{model}__MaxConcurrency", "64"),
        ];

    private static async Task<string> EvaluateAsync(LocalFunctionsHost host, HttpClient http, int samples)
    {
        const string Spec =
            """{ "task": "classification", "model": "tuned", "baseline": "base", "labels": ["even", "odd"], "metrics": ["accuracy", "f1", "answer_length"], "slices": ["lang"], "intervals": { "replicates": 100 } }""";
        var container = new BlobContainerClient(host.StorageConnectionString, "datasets");
        await container.CreateIfNotExistsAsync();
        await container.GetBlobClient("large/evaluation.json").UploadAsync(BinaryData.FromString(Spec));
        await using (var content = await container.GetBlobClient("large/test.jsonl").OpenWriteAsync(overwrite: true))
        {
            await using var writer = new StreamWriter(content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            for (var number = 0; number < samples; number++)
            {
                await writer.WriteAsync(RowOf(number));
            }
        }

        using var started = await http.PostAsJsonAsync("/api/evaluations", new { dataset = "large/test.jsonl" });
        started.EnsureSuccessStatusCode();
        var runId = (string)(await started.Content.ReadFromJsonAsync<JsonObject>())!["runId"]!;
        var runs = new TableClient(host.StorageConnectionString, "EvaluationRuns");
        await Polling.FindAsync(async () =>
            await runs.GetEntityIfExistsAsync<TableEntity>(runId, "run") is { HasValue: true, Value: { } row } && PipelineRun.HasEnded(row)
                ? row
                : null
        );
        return runId;
    }

    /// <summary>A row with some 600 characters of input, which end in its number, and a slice.</summary>
    private static string RowOf(int number)
    {
        var random = new Random(number);
        var text = string.Join(' ', Enumerable.Range(0, 80).Select(_ => Words[random.Next(Words.Length)]));
        var isEven = (number % 2 == 0) != (number % LabelNoise == 0);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"id\":\"row-{number}\",\"input\":\"{text} needle {number} is even or odd? {number}\",\"expected\":\"{(isEven ? "even" : "odd")}\",\"tags\":{{\"lang\":\"l{number % 7}\"}}}}\n"
        );
    }
}
