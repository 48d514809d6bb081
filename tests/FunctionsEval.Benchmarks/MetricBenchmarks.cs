using BenchmarkDotNet.Attributes;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Benchmarks;

/// <summary>Measuring one sample by the metrics of a workload.</summary>
[MemoryDiagnoser]
public class MetricBenchmarks
{
    private IReadOnlyList<Metric> _metrics = [];
    private MetricSample[] _samples = [];
    private long[] _statistics = [];
    private int _next;

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
        _metrics = workload.CreateMetrics();
        _samples = workload.CreateSamples(1000);
        _statistics = new long[_metrics.Sum(metric => metric.StatisticLength)];
    }

    /// <summary>One sample.</summary>
    [Benchmark]
    public void Measure() => Scoreboard.Measure(_metrics, _samples[_next++ % _samples.Length], _statistics);
}

/// <summary>Adding one measured sample to the sums.</summary>
[MemoryDiagnoser]
public class ScoreboardBenchmarks
{
    private Scoreboard _scoreboard = null!;
    private long[] _statistics = [];
    private ulong _key;

    /// <summary>Bootstrap replicates.</summary>
    [Params(0, 1000)]
    public int Replicates { get; set; }

    /// <summary>Creates the sums and a sample.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        var workload = Workload.All.Single(workload => workload.Name == "classification");
        var metrics = workload.CreateMetrics();
        _scoreboard = new Scoreboard(metrics, new IntervalSpec { Replicates = Replicates }, hasBaseline: false);
        _statistics = Scoreboard.Measure(metrics, workload.CreateSamples(1)[0]);
    }

    /// <summary>One sample.</summary>
    [Benchmark]
    public void Add() => _scoreboard.Add(_key++, [], _statistics, []);
}
