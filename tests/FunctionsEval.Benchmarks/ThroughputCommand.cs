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
    private const int Rounds = 3;

    /// <summary>Runs one workload in this process, or all of them in one process each, and prints Markdown.</summary>
    /// <param name="name">The workload, or <c>all</c>.</param>
    /// <param name="samples">How many samples; null for the workload's own.</param>
    /// <param name="reference">Where the reference tools are; null to run none.</param>
    /// <param name="python">The Python that runs them.</param>
    public static int Run(string name, int? samples, string? reference, string python)
    {
        if (name != "all")
        {
            var workload = Workload.All.Single(workload => workload.Name == name);
            Console.WriteLine(
                reference is not null && workload.Reference is { } tool
                    ? Compare(workload, tool, reference, python)
                    : Measure(workload, samples)
            );
            return 0;
        }

        Console.WriteLine(
            "| workload | samples/s | bytes allocated a sample | peak working set | reference tool | its samples/s | ratio |"
        );
        Console.WriteLine("|---|---|---|---|---|---|---|");
        string[] options =
        [
            .. samples is { } count ? new[] { "--samples", count.ToString(CultureInfo.InvariantCulture) } : [],
            .. reference is null ? [] : new[] { "--reference", reference, "--python", python },
        ];
        return Workload.All.Max(workload => RunInProcess(workload, options));
    }

    private static int RunInProcess(Workload workload, string[] options)
    {
        string[] arguments = ["throughput", workload.Name, .. options];
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
        var count = wanted ?? workload.Samples;
        var samples = workload.CreateSamples(Math.Min(DifferentSamples, count));
        WarmUp(metrics, samples);
        var own = Time(metrics, samples, count);
        return Row(workload, count / own.Seconds, own.Allocated / count, "– | – | –");
    }

    /// <summary>
    /// Measures a workload and its reference tool in turn, each on one thread, on the same samples; each round has samples of its own. A
    /// number that differs is an error: there is no ratio of wrong numbers.
    /// </summary>
    private static string Compare(Workload workload, ReferenceTool tool, string directory, string python)
    {
        var metrics = workload.CreateMetrics();
        var samples = workload.CreateSamples((Rounds + 1) * tool.Samples);
        using var reference = new ReferenceProcess(python, directory, tool, samples);
        WarmUp(metrics, samples[..tool.Samples]);
        reference.Score(0, tool.Samples / 4);
        double seconds = 0,
            theirs = 0;
        long measured = 0,
            allocated = 0;
        for (var round = 1; round <= Rounds; round++)
        {
            var scored = reference.Score(round * tool.Samples, tool.Samples);
            var count = Math.Max(workload.Samples / Rounds / tool.Samples, 1) * tool.Samples;
            var own = Time(metrics, samples[(round * tool.Samples)..((round + 1) * tool.Samples)], count);
            RequireEqual(own.Report, scored.Values);
            (theirs, seconds) = (theirs + scored.Seconds, seconds + own.Seconds);
            (measured, allocated) = (measured + count, allocated + own.Allocated);
        }

        var (rate, itsRate) = (measured / seconds, Rounds * tool.Samples / theirs);
        return Row(
            workload,
            rate,
            allocated / measured,
            string.Create(CultureInfo.InvariantCulture, $"{tool.Name} | {itsRate:N0} | {rate / itsRate:0} ×")
        );
    }

    private static void RequireEqual(MetricReport report, IReadOnlyDictionary<string, double> values)
    {
        foreach (var (name, value) in values)
        {
            var own = report.Results.Single(result => result.Definition.Name == name).Value;
            if (own is null || Math.Abs(own.Value - value) > 1e-9 * Math.Max(1, Math.Abs(value)))
            {
                throw new InvalidOperationException(
                    string.Create(CultureInfo.InvariantCulture, $"{name} is {own:R}, and {value:R} by the reference tool.")
                );
            }
        }
    }

    private static string Row(Workload workload, double rate, long allocated, string reference)
    {
        using var self = Process.GetCurrentProcess();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| `{workload.Name}` | {rate:N0} | {allocated:N0} | {self.PeakWorkingSet64 >> 20} MB | {reference} |"
        );
    }

    /// <summary>Leaves the compiler's tiers behind before the clock starts.</summary>
    private static void WarmUp(IReadOnlyList<Metric> metrics, MetricSample[] samples)
    {
        for (var round = 0; round < 2; round++)
        {
            Time(metrics, samples, Math.Max(WarmUpSamples * samples.Length / DifferentSamples, samples.Length));

            // What was counted is compiled in the background.
            Thread.Sleep(TimeSpan.FromMilliseconds(300));
        }
    }

    private static (double Seconds, long Allocated, MetricReport Report) Time(
        IReadOnlyList<Metric> metrics,
        MetricSample[] samples,
        int count
    )
    {
        var keys = Enumerable
            .Range(0, samples.Length)
            .Select(index => Scoreboard.SampleKey(index.ToString(CultureInfo.InvariantCulture)))
            .ToArray();
        var scoreboard = new Scoreboard(metrics, new IntervalSpec { Replicates = 0 }, hasBaseline: false);
        var statistics = new long[scoreboard.StatisticLength];
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
        {
            Scoreboard.Measure(metrics, samples[i % samples.Length], statistics);
            scoreboard.Add(keys[i % keys.Length], [], statistics, []);
        }

        var report = scoreboard.Finish();
        return (clock.Elapsed.TotalSeconds, GC.GetAllocatedBytesForCurrentThread() - allocated, report);
    }
}
