using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using FunctionsEval.Benchmarks.Pipeline;

namespace FunctionsEval.Benchmarks.Start;

/// <summary>
/// <c>start</c>: how long a person waits before something happens. Each round starts <c>up</c> of a built checkout, drops a dataset, asks
/// for the evaluation of another, and runs <c>demo</c>, with a pause of some seconds before each, as between a person's actions. With
/// another checkout, both are measured in turn.
/// </summary>
internal static class StartCommand
{
    private const int Samples = 100;

    /// <summary>Longer than the longest pause between two polls of an idle queue.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(4);

    private static readonly PipelineOptions Options = new()
    {
        Samples = Samples,
        LatencyMs = 0,
        Concurrency = 16,
    };

    /// <summary>Measures and prints.</summary>
    public static async Task<int> RunAsync(string? before, int rounds, bool withDemo)
    {
        var directory = Directory.CreateTempSubdirectory("functionseval-start-").FullName;
        await using var endpoint = await EndpointProcess.StartAsync(Options.LatencyMs);
        (string Name, string Checkout)[] sides = before is null
            ? [("this", MeasuredStack.ThisCheckout)]
            : [("before", Path.GetFullPath(before)), ("after", MeasuredStack.ThisCheckout)];
        var times = new StartTimes([.. sides.Select(side => side.Name)]);
        try
        {
            var rows = Path.Combine(directory, "rows.jsonl");
            await MeasuredDataset.WriteAsync(rows, Samples);
            for (var round = 1; round <= rounds; round++)
            {
                foreach (var (name, checkout) in sides)
                {
                    var data = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{name}-{round}"));
                    await MeasureAsync(name, checkout, data, rows, endpoint, times);
                    if (withDemo)
                    {
                        times.Add(name, "demo, from its start to its end", await TimeDemoAsync(checkout, Path.Combine(data, "demo")));
                    }
                }
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        times.Print();
        return 0;
    }

    private static async Task MeasureAsync(
        string name,
        string checkout,
        string data,
        string rows,
        EndpointProcess endpoint,
        StartTimes times
    )
    {
        var clock = Stopwatch.StartNew();
        await using var stack = await MeasuredStack.StartAsync(name, checkout, data, Options, endpoint.Address, endpoint.Id);
        times.Add(name, "up: process started -> ready", clock.Elapsed);
        times.Add(name, "up: CPU time of its processes until then", TotalOf(stack.Processes.ReadCpu()));
        foreach (var upload in new[] { "first upload", "second upload" })
        {
            await Task.Delay(Idle, TimeProvider.System);
            var figures = await PipelineRun.MeasureAsync(stack, upload.Split(' ')[0], rows, Samples, byPost: false, endpoint);
            times.Add(name, $"{upload}: stored -> Pending", figures.Pending - figures.Asked);
            times.Add(name, $"{upload}: stored -> first call", figures.Ledger!.First!.Value - figures.Asked);
            times.Add(name, $"{upload}: stored -> Completed", figures.Ended - figures.Asked);
        }

        await TimeRequestAsync(name, stack, rows, endpoint, times);

        // What has run often by now is compiled once more in the background, which is no idling yet.
        await Task.Delay(Idle * 4, TimeProvider.System);
        var cpu = stack.Processes.ReadCpu();
        clock.Restart();
        await Task.Delay(Idle * 2, TimeProvider.System);
        var idling = TotalOf(stack.Processes.ReadCpu() - cpu);
        times.Add(name, "idle: CPU time of its processes in 10 s", idling * (10 / clock.Elapsed.TotalSeconds));
    }

    /// <summary>A dataset that has been evaluated is asked for once more, so that its upload starts nothing.</summary>
    private static async Task TimeRequestAsync(string name, MeasuredStack stack, string rows, EndpointProcess endpoint, StartTimes times)
    {
        var dataset = await MeasuredDataset.UploadAsync(stack.StorageConnectionString, "second", rows);
        await Task.Delay(Idle, TimeProvider.System);
        await endpoint.ReadAsync();
        using var http = new HttpClient { BaseAddress = stack.Instance.AppUrl };
        var asked = DateTime.UtcNow;
        using var answer = await http.PostAsJsonAsync("/api/evaluations", new { dataset, attempt = 1 });
        answer.EnsureSuccessStatusCode();
        times.Add(name, "request: POST -> answer", DateTime.UtcNow - asked);
        DateTime? first;
        while ((first = (await endpoint.ReadAsync()).First) is null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        times.Add(name, "request: POST -> first call", first.Value - asked);
    }

    private static async Task<TimeSpan> TimeDemoAsync(string checkout, string data)
    {
        await Task.Delay(Idle, TimeProvider.System);
        var clock = Stopwatch.StartNew();
        using var demo = Process.Start(
            new ProcessStartInfo("dotnet", [MeasuredStack.ProgramOf(checkout), "demo", "--data", data])
            {
                WorkingDirectory = checkout,
                RedirectStandardOutput = true,
            }
        )!;
        await demo.StandardOutput.ReadToEndAsync();
        await demo.WaitForExitAsync();
        return demo.ExitCode == 0
            ? clock.Elapsed
            : throw new InvalidOperationException($"The demo of {checkout} ended with {demo.ExitCode}.");
    }

    private static TimeSpan TotalOf(StackCpu cpu) => cpu.Worker + cpu.Host + cpu.Azurite;
}
