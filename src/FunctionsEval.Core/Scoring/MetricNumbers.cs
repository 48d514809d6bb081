using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Scoring;

/// <summary>A metric's numbers over some samples.</summary>
/// <param name="Values">The numbers, in the metric's order; NaN where one is undefined.</param>
/// <param name="Replicates">Each number in every replicate; null without replicates.</param>
/// <param name="Samples">How many samples they rest on.</param>
/// <param name="MinClassSamples">For a ranking: the samples of its smallest class; null for all others.</param>
internal sealed record MetricNumbers(double[] Values, double[][]? Replicates, long Samples, long? MinClassSamples = null)
{
    // With room for replicates that weigh half as much again as they do on average.
    private const long MaxInReplicates = long.MaxValue / (BootstrapWeights.One * 3 / 2);

    /// <summary>By number: how many samples it rests on; null where all rest on <see cref="Samples"/>.</summary>
    public IReadOnlyList<long>? SamplesByValue { get; init; }

    /// <summary>A metric's numbers over no sample.</summary>
    public static MetricNumbers None(Metric metric) =>
        new([.. metric.Values.Select(_ => double.NaN)], Replicates: null, Samples: 0, MinClassSamples: 0);

    /// <summary>How many samples a number rests on.</summary>
    /// <param name="value">Index of the number.</param>
    public long SamplesOf(int value) => SamplesByValue?[value] ?? Samples;

    /// <summary>The numbers of a metric that is a function of sums.</summary>
    /// <param name="layout">Where the sums are.</param>
    /// <param name="m">Index of the metric.</param>
    /// <param name="table">The sums.</param>
    public static MetricNumbers From(ScoreboardLayout layout, int m, SumTable table)
    {
        var metric = layout.Metrics[m];
        var sums = layout.SumsOf(m, table.Totals);
        var values = new double[metric.Values.Count];
        metric.Finish(sums, values);
        var replicates = FinishReplicates(layout, m, table);
        for (var v = 0; v < replicates?.Length; v++)
        {
            if (metric.IsDominated(v, values[v], replicates[v]))
            {
                Array.Fill(replicates[v], double.NaN);
            }
        }

        return new MetricNumbers(values, replicates, metric.CountSamples(sums, table.Samples));
    }

    /// <summary>Why a number is undefined; <see cref="UndefinedReason.None"/> where it is not.</summary>
    /// <param name="value">Index of the number.</param>
    /// <param name="samples">How many samples it rests on, where that is fewer than <see cref="SamplesOf"/>.</param>
    public UndefinedReason WhyUndefined(int value, long? samples = null) =>
        (samples ?? SamplesOf(value)) == 0 ? UndefinedReason.NoSample
        : double.IsNaN(Values[value]) ? UndefinedReason.DivisionByZero
        : double.IsInfinity(Values[value]) ? UndefinedReason.Infinite
        : UndefinedReason.None;

    /// <summary>The numbers in every replicate, by value; null when there are no replicates.</summary>
    private static double[][]? FinishReplicates(ScoreboardLayout layout, int m, SumTable table)
    {
        var metric = layout.Metrics[m];
        var replicates = layout.Replicates;
        if (!metric.HasIntervals || !table.HasReplicates || !HasRoom(layout.SumsOf(m, table.Totals)))
        {
            return null;
        }

        var numbers = metric.Values.Select(_ => new double[replicates]).ToArray();
        var columns = table.Replicates;
        var row = new long[metric.SumLength];
        var values = new double[metric.Values.Count];
        for (var r = 0; r < replicates; r++)
        {
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = columns[((layout.SumOffset(m) + i) * replicates) + r];
            }

            metric.FinishReplicate(row, values);
            for (var v = 0; v < values.Length; v++)
            {
                numbers[v][r] = values[v];
            }
        }

        return numbers;
    }

    /// <summary>Whether the weighted sums fit into 64 bits: what passes beyond on the way comes back, but a sum itself must not.</summary>
    private static bool HasRoom(ReadOnlySpan<long> sums) => !sums.ContainsAnyExceptInRange(-MaxInReplicates, MaxInReplicates);
}
