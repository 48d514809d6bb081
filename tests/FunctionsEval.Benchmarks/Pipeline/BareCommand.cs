using System.ClientModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using OpenAI;
using OpenAI.Chat;

namespace FunctionsEval.Benchmarks.Pipeline;

/// <summary>What a bare loop took.</summary>
/// <param name="Cpu">CPU time of the process, user and system, after the warm-up.</param>
/// <param name="Wall">Time.</param>
internal sealed record BareResult(TimeSpan Cpu, TimeSpan Wall);

/// <summary>
/// <c>bare</c>: a loop that reads rows, asks the OpenAI client for .NET about each, and keeps nothing. It is what calls cost at least that
/// are made with that client.
/// </summary>
internal static class BareCommand
{
    /// <summary>Runs the loop, first over as many rows as a warm-up has, and prints what the second loop took.</summary>
    public static async Task<int> RunAsync(Uri endpoint, string rows, int concurrency)
    {
        var client = new ChatClient("m", new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri(endpoint, "/v1") });
        await AskAsync(client, File.ReadLines(rows).Take(MeasuredDataset.WarmUpSamples), concurrency);
        using var self = Process.GetCurrentProcess();
        var before = self.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        await AskAsync(client, File.ReadLines(rows), concurrency);
        var wall = clock.Elapsed;
        self.Refresh();
        Console.WriteLine(JsonSerializer.Serialize(new BareResult(self.TotalProcessorTime - before, wall)));
        return 0;
    }

    /// <summary>Runs the loop in a process of its own.</summary>
    public static async Task<BareResult> MeasureAsync(Uri endpoint, string rows, int concurrency)
    {
        using var process = Self.Start(
            "bare",
            "--endpoint",
            endpoint.AbsoluteUri,
            "--rows",
            rows,
            "--concurrency",
            concurrency.ToString(CultureInfo.InvariantCulture)
        );
        var printed = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return JsonSerializer.Deserialize<BareResult>(printed)!;
    }

    private static Task AskAsync(ChatClient client, IEnumerable<string> rows, int concurrency) =>
        Parallel.ForEachAsync(
            rows,
            new ParallelOptions { MaxDegreeOfParallelism = concurrency },
            async (line, cancellationToken) =>
            {
                using var row = JsonDocument.Parse(line);
                ChatMessage[] messages = [new UserChatMessage(row.RootElement.GetProperty("input").GetString())];
                ChatCompletion answer = await client.CompleteChatAsync(messages, options: null, cancellationToken);
                if (answer.Content[0].Text.Length == 0)
                {
                    throw new InvalidOperationException("The endpoint answered nothing.");
                }
            }
        );
}
