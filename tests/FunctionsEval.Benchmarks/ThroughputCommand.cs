using System.Diagnostics;
using System.Globalization;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Benchmarks;

/// <summary>
/// Times whole workloads: from answers and references in memory to the metrics' numbers, without intervals, on one thread.
/// </summary>
internal static class ThroughputCommand
{
    private const int DifferentSamples = 20_000;
    private const int WarmUpSamples = 20_000;

    /// <summary>Runs one workload in this process, or all of them in one process each, and prints Markdown.</summary>
    public static int Run(string name, int? samples)
    {
        if (name != "all")
        {
            Console.WriteLine(Measure(Workload.All.Single(workload => workload.Name == name), samples));
            return 0;
        }

        Console.WriteLine(
            "| workload | samples/s | bytes allocated a sample | peak working set | reference tool | its samples/s | ratio |"
        );
        Console.WriteLine("|---|---|---|---|---|---|---|");
        return Workload.All.Max(workload => RunInProcess(workload, samples));
    }

    private static int RunInProcess(Workload workload, int? samples)
    {
        string[] arguments =
        [
            "throughput",
            workload.Name,
            .. samples is { } count ? new[] { "--samples", count.ToString(CultureInfo.InvariantCulture) } : [],
        ];
        var program = Path.Combine(AppContext.BaseDirectory, typeof(ThroughputCommand).Assembly.GetName().Name + ".dll");
        using var process = Process.Start(
            new ProcessStartInfo(
                Environment.ProcessPath!,
                Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [program, .. arguments] : arguments
            )
        )!;
        process.WaitForExit();
        return process.ExitCode;
    }

    private static string Measure(Workload workload, int? wanted)
    {
        var metrics = workload.CreateMetrics();
        var samples = workload.CreateSamples(DifferentSamples);
        var keys = Enumerable
            .Range(0, samples.Length)
            .Select(index => Scoreboard.SampleKey(index.ToString(CultureInfo.InvariantCulture)))
            .ToArray();
        var count = wanted ?? workload.Samples;

        // The compiler's tiers are left behind before the clock starts.
        Score(metrics, samples, keys, WarmUpSamples);
        Score(metrics, samples, keys, WarmUpSamples);

        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        Score(metrics, samples, keys, count);
        var seconds = clock.Elapsed.TotalSeconds;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        using var self = Process.GetCurrentProcess();
        var rate = count / seconds;
        var ratio = workload.ReferenceRate is { } reference
            ? string.Create(CultureInfo.InvariantCulture, $"{workload.ReferenceTool} | {reference:N0} | {rate / reference:0} ×")
            : "– | – | –";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| `{workload.Name}` | {rate:N0} | {allocated / count:N0} | {self.PeakWorkingSet64 >> 20} MB | {ratio} |"
        );
    }

    private static void Score(IReadOnlyList<Metric> metrics, MetricSample[] samples, ulong[] keys, int count)
    {
        var scoreboard = new Scoreboard(metrics, new IntervalSpec { Replicates = 0 }, hasBaseline: false);
        for (var i = 0; i < count; i++)
        {
            scoreboard.Add(keys[i % keys.Length], [], Scoreboard.Measure(metrics, samples[i % samples.Length]), []);
        }

        scoreboard.Finish();
    }
}
