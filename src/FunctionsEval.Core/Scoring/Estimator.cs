using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring.Candidates;

namespace FunctionsEval.Core.Scoring;

/// <summary>Turns a metric's numbers into results: each number with its interval, or with the reason why one is missing.</summary>
internal sealed class Estimator(ScoreboardLayout layout, IntervalRules rules)
{
    /// <summary>The results of one metric.</summary>
    /// <param name="m">Index of the metric.</param>
    /// <param name="role">The model.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="numbers">The numbers.</param>
    /// <param name="table">The sums that they follow from.</param>
    /// <param name="noReplicates">Why there are no replicates, if there are none.</param>
    public IEnumerable<MetricResult> Estimate(
        int m,
        ModelRole role,
        string slice,
        MetricNumbers numbers,
        SumTable table,
        UndefinedReason noReplicates
    )
    {
        var metric = layout.Metrics[m];
        for (var v = 0; v < numbers.Values.Length; v++)
        {
            var missing = numbers.WhyUndefined(v);
            var isDefined = missing == UndefinedReason.None;
            var interval = isDefined
                ? rules.OfEstimate(Measured(metric, v, numbers, table), layout.SumsOf(m, table.Totals), noReplicates)
                : Interval.None(missing);
            yield return new MetricResult
            {
                Role = role,
                Metric = metric.Name,
                Definition = metric.Values[v],
                Slice = slice,
                Value = isDefined ? numbers.Values[v] : null,
                ValueMissing = missing,
                Lower = interval.FiniteLower,
                Upper = interval.FiniteUpper,
                Interval = interval.Method,
                IntervalMissing = interval.Missing,
                Samples = numbers.SamplesOf(v),
                Signature = metric.Signature,
            };
        }
    }

    /// <summary>One number with the replicates that it is compared by where there is no baseline.</summary>
    /// <param name="m">Index of the metric, which has intervals.</param>
    /// <param name="v">Index of the number in the metric's values.</param>
    /// <param name="numbers">The numbers.</param>
    /// <param name="table">The sums that they follow from.</param>
    /// <param name="noReplicates">Why there are no replicates, if there are none.</param>
    public ReplicatedNumber Keep(int m, int v, MetricNumbers numbers, SumTable table, UndefinedReason noReplicates)
    {
        if (numbers.WhyUndefined(v) is var missing and not UndefinedReason.None)
        {
            return ReplicatedNumber.None(missing);
        }

        var number = Measured(layout.Metrics[m], v, numbers, table);
        var sums = layout.SumsOf(m, table.Totals);
        return new ReplicatedNumber(number, rules.BasisOfDifference(number, sums, sums, noReplicates), DifferenceAt: null);
    }

    private static MeasuredNumber Measured(Metric metric, int v, MetricNumbers numbers, SumTable table) =>
        new(metric, v, numbers.Values[v], numbers.SamplesOf(v), numbers.Replicates?[v], numbers.MinClassSamples, table.MeanOfSameRow);
}
