using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Scoring;

/// <summary>
/// Which interval a number gets: a score interval where it is a proportion, else one from the bootstrap, and none where no method covers.
/// docs/statistics.md shows the simulations behind the limits.
/// </summary>
/// <param name="intervals">Confidence level.</param>
/// <param name="answersPerSample">How many answers there are to one question. Where there are several, samples are not independent.</param>
internal sealed class IntervalRules(IntervalSpec intervals, int answersPerSample)
{
    /// <summary>With fewer trials no interval of a proportion keeps its level.</summary>
    private const double MinTrials = 10;

    /// <summary>The same where rows have several samples, whose variance is estimated too.</summary>
    private const double MinRelatedTrials = 20;

    /// <summary>So many are needed on both sides of a difference, whose trials are not the same samples.</summary>
    private const double MinPairedTrials = 30;

    /// <summary>
    /// A mean over labels gets no interval if too few samples per label hide more of the variance than this: about 7 samples in each of
    /// many labels.
    /// </summary>
    private const double MaxInflation = 1.25;

    /// <summary>A ranking needs so many samples on both sides.</summary>
    private const long MinRanked = 100;

    /// <summary>
    /// With fewer replicates, no p-value could fall below 0.05, because it is at least 2 ÷ (1 + replicates), and no percentile could be
    /// read.
    /// </summary>
    private const int MinReplicates = 40;

    /// <summary>The confidence level.</summary>
    public double Level => intervals.Level;

    /// <summary>The interval of a number.</summary>
    /// <param name="number">The number.</param>
    /// <param name="sums">The metric's sums.</param>
    /// <param name="noReplicates">Why there are no replicates, if there are none.</param>
    public Interval OfEstimate(MeasuredNumber number, ReadOnlySpan<long> sums, UndefinedReason noReplicates)
    {
        var counts =
            number.Definition.IsProportion ? new ProportionCounts(Math.Round(number.Value * number.Samples), number.Samples)
            : number.Definition.IsMeanOverRows ? new ProportionCounts(number.Value * number.Samples, number.Samples)
            : number.Metric.CountsOf(number.Index, sums);
        if (counts is { } proportion)
        {
            return OfProportion(number, proportion);
        }

        var basis = BasisOf(number, sums, noReplicates);
        return basis.Missing != UndefinedReason.None ? Interval.None(basis.Missing)
            : BootstrapInterval.Vary(number.Value, basis.Replicates)
                ? Clamp(
                    number,
                    IntervalMethod.Bootstrap,
                    BootstrapInterval.OfEstimate(number.Value, basis.Replicates, basis.Spread, Level),
                    number.Definition.Minimum,
                    number.Definition.Maximum
                )
            : OfConstant(number, basis, number.Definition.Minimum, number.Definition.Maximum, Level);
    }

    /// <summary>The replicates behind the interval of one model's number.</summary>
    /// <param name="number">The number.</param>
    /// <param name="sums">The metric's sums.</param>
    /// <param name="noReplicates">Why there are no replicates, if there are none.</param>
    public ReplicateBasis BasisOf(MeasuredNumber number, ReadOnlySpan<long> sums, UndefinedReason noReplicates)
    {
        var replicates = number.Replicates is null ? Array.Empty<double>() : Finite(number.Replicates);
        var independent = number.Samples / RelatedTo(number);
        var spread = number.Metric.SpreadOf(number.Index, sums, independent);
        var missing =
            number.Replicates is null ? noReplicates
            : number.Metric.MinSamplesOf(number.Index) is not { } fewest ? UndefinedReason.NoMethodCovers
            : independent < fewest ? UndefinedReason.TooFewSamples
            : !(spread.Inflation <= MaxInflation) || number.MinClassSamples < MinRanked * RelatedTo(number) ? UndefinedReason.TooFewPerLabel
            : replicates.Length * 2 < number.Replicates.Length || replicates.Length < MinReplicates ? UndefinedReason.TooFewReplicates
            : UndefinedReason.None;
        return new ReplicateBasis(missing, replicates, spread, Independent(number));
    }

    /// <summary>The replicates behind the interval of a paired difference.</summary>
    /// <param name="difference">The difference, its samples the fewer of both.</param>
    /// <param name="sums">The candidate's sums.</param>
    /// <param name="baselineSums">The baseline's sums.</param>
    /// <param name="noReplicates">Why there are no replicates, if there are none.</param>
    public ReplicateBasis BasisOfDifference(
        MeasuredNumber difference,
        ReadOnlySpan<long> sums,
        ReadOnlySpan<long> baselineSums,
        UndefinedReason noReplicates
    )
    {
        var basis = BasisOf(difference, sums, noReplicates);
        if (
            basis.Missing != UndefinedReason.None
            || difference.Metric.CountsOf(difference.Index, sums) is not { } first
            || difference.Metric.CountsOf(difference.Index, baselineSums) is not { } second
        )
        {
            return basis;
        }

        var trials = Math.Min(first.Trials, second.Trials) / RelatedTo(difference);
        return trials < MinPairedTrials
            ? basis with
            {
                Missing = UndefinedReason.TooFewSamples,
            }
            : basis with
            {
                Spread = Spread.OfMean(trials),
                Independent = trials,
            };
    }

    /// <summary>
    /// The interval of a paired difference that is no difference of proportions of all samples, and the p-value of "no difference".
    /// </summary>
    /// <param name="difference">The difference.</param>
    /// <param name="basis">Its <see cref="BasisOfDifference"/>.</param>
    /// <param name="level">The confidence level.</param>
    public static (Interval Interval, double? PValue) OfDifference(MeasuredNumber difference, ReplicateBasis basis, double level)
    {
        if (basis.Missing != UndefinedReason.None)
        {
            return (Interval.None(basis.Missing), null);
        }

        var width = difference.Definition.Maximum - difference.Definition.Minimum;
        return BootstrapInterval.Vary(difference.Value, basis.Replicates)
            ? (
                Clamp(
                    difference,
                    IntervalMethod.BootstrapT,
                    BootstrapInterval.OfDifference(difference.Value, basis.Replicates, basis.Spread, level),
                    -width,
                    width
                ),
                BootstrapInterval.PValue(difference.Value, basis.Replicates, basis.Spread)
            )
            : (OfConstant(difference, basis, -width, width, level), difference.Value == 0 ? 1 : null);
    }

    /// <summary>The interval of a paired difference of proportions of all samples.</summary>
    /// <param name="difference">The difference, candidate − baseline.</param>
    /// <param name="onlyCandidate">Samples that count for the candidate alone.</param>
    /// <param name="onlyBaseline">Samples that count for the baseline alone.</param>
    /// <param name="level">The confidence level.</param>
    public Interval OfProportionDifference(MeasuredNumber difference, long onlyCandidate, long onlyBaseline, double level)
    {
        double n = difference.Samples;
        var ifIndependent = (onlyCandidate + onlyBaseline - (difference.Value * difference.Value * n)) / n / n;
        var share = IndependentShare(difference, ifIndependent, n, level);
        return n / RelatedTo(difference) < MinTrialsOf(difference)
            ? Interval.None(UndefinedReason.TooFewSamples)
            : Include(
                difference.Value,
                PairedProportionInterval.Tango(onlyCandidate * share, onlyBaseline * share, n * share, level),
                IntervalMethod.Tango
            );
    }

    private static double MinTrialsOf(MeasuredNumber number) => number.OfSameRow == 1 ? MinTrials : MinRelatedTrials;

    private Interval OfProportion(MeasuredNumber number, ProportionCounts counts)
    {
        var share = counts.Hits / Math.Max(counts.Trials, 1);
        var ifIndependent = share * (1 - share) / Math.Max(counts.Trials, 1);
        var trials = counts.Trials * IndependentShare(counts.IsDice ? AsShare(number) : number, ifIndependent, counts.Trials, Level);
        if (counts.Trials / RelatedTo(number) < MinTrialsOf(number))
        {
            return Interval.None(UndefinedReason.TooFewSamples);
        }

        var (lower, upper) = ProportionInterval.Wilson(share * trials, trials, Level);
        return Include(
            number.Value,
            counts.IsDice ? (2 * lower / (1 + lower), 2 * upper / (1 + upper)) : (lower, upper),
            IntervalMethod.Wilson
        );
    }

    /// <summary>Replicates of F1 as those of hits ÷ trials, which it follows from.</summary>
    private static MeasuredNumber AsShare(MeasuredNumber number) =>
        number with
        {
            Replicates = number.Replicates is { } replicates ? Array.ConvertAll(replicates, f1 => f1 / (2 - f1)) : null,
        };

    /// <summary>
    /// How many independent samples one sample is worth: 1 where each row is one sample and answered once; else by how much its bootstrap
    /// variance exceeds that of independent samples. The variance of conversations of different lengths is estimated from few of them, so
    /// there it is inflated and Student's t takes the normal quantile's place (Korn and Graubard, Survey Methodology 24, 1998).
    /// </summary>
    private double IndependentShare(MeasuredNumber number, double varianceIfIndependent, double samples, double level)
    {
        var related = RelatedTo(number);
        if (related == 1)
        {
            return 1;
        }

        var least = 1 / related;
        var deviation =
            number.Replicates is { } all && Finite(all) is { Length: > 0 } finite && BootstrapInterval.Vary(number.Value, finite)
                ? BootstrapInterval.Moments(finite).Deviation
                : 0;
        var share = deviation == 0 ? least : Math.Clamp(varianceIfIndependent / (deviation * deviation), least, 1);
        return number.OfSameRow == 1 ? share : share / BootstrapInterval.Widening(Spread.OfMean(samples * least), level);
    }

    /// <summary>Where every sample behaves alike the replicates have no spread.</summary>
    private static Interval OfConstant(MeasuredNumber number, ReplicateBasis basis, double minimum, double maximum, double level)
    {
        if (!double.IsFinite(maximum - minimum))
        {
            return Interval.None(UndefinedReason.NoVariation);
        }

        var range = number.Definition.Maximum - number.Definition.Minimum;
        var reach = BootstrapInterval.ReachOfConstant(basis.Independent, basis.Spread, range, level);
        return Clamp(number, IntervalMethod.RuleOfThree, (number.Value - reach, number.Value + reach), minimum, maximum);
    }

    /// <summary>
    /// How many independent samples could each move the number by its whole range: in a ranking those of the smallest class.
    /// </summary>
    private double Independent(MeasuredNumber number) => (number.MinClassSamples ?? number.Samples) / RelatedTo(number);

    /// <summary>
    /// How many samples are together worth at least one independent sample: the answers to one question, and the turns of one conversation.
    /// </summary>
    private double RelatedTo(MeasuredNumber number) => answersPerSample * number.OfSameRow;

    /// <summary>Cuts an interval at what the number can be; where rounding takes the number itself beyond, there.</summary>
    private static Interval Clamp(
        MeasuredNumber number,
        IntervalMethod method,
        (double Lower, double Upper) bounds,
        double minimum,
        double maximum
    ) =>
        new(
            method,
            Math.Max(bounds.Lower, Math.Min(number.Value, minimum)),
            Math.Min(bounds.Upper, Math.Max(number.Value, maximum)),
            UndefinedReason.None
        );

    /// <summary>Rounding must not leave the estimate outside.</summary>
    private static Interval Include(double value, (double Lower, double Upper) bounds, IntervalMethod method) =>
        new(method, Math.Min(bounds.Lower, value), Math.Max(bounds.Upper, value), UndefinedReason.None);

    private static double[] Finite(double[] replicates) =>
        Array.TrueForAll(replicates, double.IsFinite) ? replicates : Array.FindAll(replicates, double.IsFinite);
}
