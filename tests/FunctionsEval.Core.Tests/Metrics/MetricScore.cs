using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Tests.Metrics;

/// <summary>What a scoreboard makes of samples of one model, as in a run without intervals.</summary>
internal static class MetricScore
{
    /// <summary>The report.</summary>
    public static MetricReport Report(IReadOnlyList<Metric> metrics, IEnumerable<MetricSample> samples)
    {
        var scoreboard = new Scoreboard(metrics, new IntervalSpec { Replicates = 0 }, hasBaseline: false);
        foreach (var (index, sample) in samples.Index())
        {
            scoreboard.Add((ulong)index, [], Scoreboard.Measure(metrics, sample), []);
        }

        return scoreboard.Finish();
    }

    /// <summary>A metric's numbers by name; NaN where one is undefined, ∞ where it overflows.</summary>
    public static Dictionary<string, double> Values(Metric metric, IEnumerable<MetricSample> samples) =>
        ValuesOf(Report([metric], samples));

    /// <summary>A report's numbers by name.</summary>
    public static Dictionary<string, double> ValuesOf(MetricReport report) =>
        report.Results.ToDictionary(
            result => result.Definition.Name,
            result => result.Value ?? (result.ValueMissing == UndefinedReason.Infinite ? double.PositiveInfinity : double.NaN)
        );

    /// <summary>A metric's sums.</summary>
    public static long[] Sums(Metric metric, IEnumerable<MetricSample> samples) =>
        SumsOf(metric, samples).SumsOf(ModelRole.Candidate).Totals.ToArray();

    /// <summary>The sums of a slice by one metric; the samples have the keys 0, 1, ….</summary>
    public static SliceSums SumsOf(Metric metric, IEnumerable<MetricSample> samples, int replicates = 0)
    {
        var layout = new ScoreboardLayout([metric], replicates);
        var slices = new SliceSet(layout, models: 1, maxSlicesWithIntervals: 1);
        foreach (var (key, sample) in samples.Index())
        {
            slices.Add((ulong)key, [], Scoreboard.Measure([metric], sample), [], turns: 1);
        }

        return slices.All;
    }
}
