using FunctionsEval.Core.Scoring.Candidates;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Scoring;

/// <summary>Compares the candidate's numbers with the baseline's, over the samples that were scored for both.</summary>
/// <param name="layout">Where the sums are.</param>
/// <param name="rules">Which interval a difference gets.</param>
/// <param name="answersPerSample">How many answers there are to one question. McNemar's test is for one answer each, to rows of one
/// sample.</param>
/// <param name="minMeasuredShare">The share of the samples scored for both that a metric must be measured on to be compared.</param>
internal sealed class PairedComparer(ScoreboardLayout layout, IntervalRules rules, int answersPerSample, double minMeasuredShare)
{
    /// <summary>The comparisons by one metric; none by a metric without intervals.</summary>
    /// <param name="m">Index of the metric.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="sums">The slice's sums.</param>
    /// <param name="candidate">The candidate's numbers over the shared samples.</param>
    /// <param name="baseline">The baseline's.</param>
    public IEnumerable<PairedDifference> Compare(int m, string slice, SliceSums sums, MetricNumbers candidate, MetricNumbers baseline)
    {
        var metric = layout.Metrics[m];
        if (!metric.HasIntervals)
        {
            yield break;
        }

        for (var v = 0; v < candidate.Values.Length; v++)
        {
            var comparison = Describe(m, v, slice, sums, candidate, baseline);
            yield return comparison.IntervalMissing == UndefinedReason.None
                ? WithTest(comparison, m, sums, Difference(m, v, candidate, baseline, sums.SharedCandidate.MeanOfSameRow))
                : comparison;
        }
    }

    /// <summary>One difference with what its interval is made of at any level.</summary>
    /// <param name="m">Index of the metric, which has intervals.</param>
    /// <param name="v">Index of the number in the metric's values.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="sums">The slice's sums.</param>
    /// <param name="candidate">The candidate's numbers over the shared samples.</param>
    /// <param name="baseline">The baseline's.</param>
    public ReplicatedNumber Keep(int m, int v, string slice, SliceSums sums, MetricNumbers candidate, MetricNumbers baseline)
    {
        var comparison = Describe(m, v, slice, sums, candidate, baseline);
        if (comparison.IntervalMissing != UndefinedReason.None)
        {
            return ReplicatedNumber.None(comparison.IntervalMissing);
        }

        var difference = Difference(m, v, candidate, baseline, sums.SharedCandidate.MeanOfSameRow);
        var basis = Basis(m, sums, difference);
        var p = layout.ProportionOf(m, v);
        if (p < 0)
        {
            return new ReplicatedNumber(difference, basis, level => IntervalRules.OfDifference(difference, basis, level).Interval);
        }

        var (onlyCandidate, onlyBaseline) = OnlyOne(difference, sums.Gained[p], sums.Lost[p]);
        return new ReplicatedNumber(
            difference,
            basis,
            level => rules.OfProportionDifference(difference, onlyCandidate, onlyBaseline, level)
        );
    }

    /// <summary>The difference without interval and test; it says why it can have none.</summary>
    private PairedDifference Describe(int m, int v, string slice, SliceSums sums, MetricNumbers candidate, MetricNumbers baseline)
    {
        var metric = layout.Metrics[m];
        var samples = Math.Min(candidate.SamplesOf(v), baseline.SamplesOf(v));
        var (candidateMissing, baselineMissing) = (candidate.WhyUndefined(v, samples), baseline.WhyUndefined(v, samples));
        var missing = candidateMissing != UndefinedReason.None ? candidateMissing : baselineMissing;
        var isDefined = missing == UndefinedReason.None;
        return new PairedDifference
        {
            Metric = metric.Name,
            Definition = metric.Values[v],
            Slice = slice,
            Candidate = candidateMissing == UndefinedReason.None ? candidate.Values[v] : null,
            Baseline = baselineMissing == UndefinedReason.None ? baseline.Values[v] : null,
            Difference = isDefined ? candidate.Values[v] - baseline.Values[v] : null,
            DifferenceMissing = missing,
            IntervalMissing =
                isDefined && samples < minMeasuredShare * sums.SharedCandidate.Samples ? UndefinedReason.TooFewMeasured : missing,
            Samples = samples,
            Signature = metric.Signature,
        };
    }

    private MeasuredNumber Difference(int m, int v, MetricNumbers candidate, MetricNumbers baseline, double ofSameRow) =>
        new(
            layout.Metrics[m],
            v,
            candidate.Values[v] - baseline.Values[v],
            Math.Min(candidate.SamplesOf(v), baseline.SamplesOf(v)),
            candidate.Replicates is { } first && baseline.Replicates is { } second
                ? [.. first[v].Zip(second[v], (one, other) => one - other)]
                : null,
            candidate.MinClassSamples < baseline.MinClassSamples ? candidate.MinClassSamples : baseline.MinClassSamples,
            ofSameRow
        );

    private PairedDifference WithTest(PairedDifference comparison, int m, SliceSums sums, MeasuredNumber difference)
    {
        var p = layout.ProportionOf(m, difference.Index);
        if (p < 0)
        {
            var (interval, pValue) = DifferenceInterval(m, sums, difference);
            return With(comparison, interval, pValue, PairedTest.BootstrapT);
        }

        var (gained, lost) = (sums.Gained[p], sums.Lost[p]);
        var (onlyCandidate, onlyBaseline) = OnlyOne(difference, gained, lost);
        var ofProportion = rules.OfProportionDifference(difference, onlyCandidate, onlyBaseline, rules.Level);
        return (
            answersPerSample == 1 && difference.OfSameRow == 1
                ? With(comparison, ofProportion, McNemar.Exact(gained, lost), PairedTest.McNemarExact)
                : With(comparison, ofProportion, DifferenceInterval(m, sums, difference).PValue, PairedTest.BootstrapT)
        ) with
        {
            Gained = gained,
            Lost = lost,
        };
    }

    /// <summary>Samples that count for the candidate alone, and for the baseline alone.</summary>
    private static (long OnlyCandidate, long OnlyBaseline) OnlyOne(MeasuredNumber difference, long gained, long lost) =>
        difference.Definition.HigherIsBetter ? (gained, lost) : (lost, gained);

    private (Interval Interval, double? PValue) DifferenceInterval(int m, SliceSums sums, MeasuredNumber difference) =>
        IntervalRules.OfDifference(difference, Basis(m, sums, difference), rules.Level);

    private ReplicateBasis Basis(int m, SliceSums sums, MeasuredNumber difference) =>
        rules.BasisOfDifference(
            difference,
            layout.SumsOf(m, sums.SharedCandidate.Totals),
            layout.SumsOf(m, sums.SharedBaseline.Totals),
            sums.WhyNoReplicates(m)
        );

    private static PairedDifference With(PairedDifference comparison, Interval interval, double? pValue, PairedTest test) =>
        comparison with
        {
            Lower = interval.FiniteLower,
            Upper = interval.FiniteUpper,
            Interval = interval.Method,
            IntervalMissing = interval.Missing,
            PValue = pValue,
            Test = pValue is null ? PairedTest.None : test,
        };
}
