using BenchmarkDotNet.Attributes;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Runs;

namespace FunctionsEval.Benchmarks;

/// <summary>Measuring one sample by the metrics of a workload.</summary>
[MemoryDiagnoser]
public class MetricBenchmarks
{
    private IReadOnlyList<Metric> metrics = [];
    private MetricSample[] samples = [];
    private int next;

    /// <summary>Names of the workloads.</summary>
    public static IEnumerable<string> Names => Workload.All.Select(workload => workload.Name);

    /// <summary>The workload measured.</summary>
    [ParamsSource(nameof(Names))]
    public string Name { get; set; } = "";

    /// <summary>Creates metrics and samples.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        var workload = Workload.All.Single(workload => workload.Name == Name);
        metrics = workload.CreateMetrics();
        samples = workload.CreateSamples(1000);
    }

    /// <summary>One sample.</summary>
    [Benchmark]
    public long[] Measure() => Scoreboard.Measure(metrics, samples[next++ % samples.Length]);
}

/// <summary>Adding one measured sample to the sums.</summary>
[MemoryDiagnoser]
public class ScoreboardBenchmarks
{
    private Scoreboard scoreboard = null!;
    private long[] statistics = [];
    private ulong key;

    /// <summary>Bootstrap replicates.</summary>
    [Params(0, 1000)]
    public int Replicates { get; set; }

    /// <summary>Creates the sums and a sample.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        var workload = Workload.All.Single(workload => workload.Name == "classification");
        var metrics = workload.CreateMetrics();
        scoreboard = new Scoreboard(metrics, new IntervalSpec { Replicates = Replicates }, hasBaseline: false);
        statistics = Scoreboard.Measure(metrics, workload.CreateSamples(1)[0]);
    }

    /// <summary>One sample.</summary>
    [Benchmark]
    public void Add() => scoreboard.Add(key++, [], statistics, []);
}
