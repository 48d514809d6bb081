using System.Numerics;
using FunctionsEval.Core.Parsing.Values;

namespace FunctionsEval.Core.Metrics.Regression;

/// <summary>
/// A metric of answers that are numbers, over those that parsed. The statistic is whether there are both numbers, and both as the bits of a
/// double. The sums are exact moments; all such metrics share one set of them.
/// </summary>
internal abstract class NumberMetric : Metric
{
    private const int References = 1;
    private const int Answers = References + WideSum.ValueWords;
    private const int Errors = Answers + WideSum.ValueWords;
    private const int ReferenceSquares = Errors + WideSum.ValueWords;
    private const int AnswerSquares = ReferenceSquares + WideSum.ProductWords;
    private const int Products = AnswerSquares + WideSum.ProductWords;
    private const int Ratios = Products + WideSum.ProductWords;
    private const int Zeros = Ratios + WideSum.RatioWords;
    private const int Small = Zeros + 1;

    /// <summary>Below it a number that is not 0 has less than nine digits in units of 2^-60.</summary>
    private const double LeastExact = 1e-9;

    /// <summary>numpy's <c>finfo(float64).eps</c>, the least number that scikit-learn divides an error by.</summary>
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>
    /// The relative variance that replicates of a mean may have. A mean of normal errors reaches it with 43 samples, one of their squares
    /// with 150; one that few samples outweigh needs far more, and its bootstrap covers too rarely before.
    /// </summary>
    private const double MaxRelativeVariance = 1.0 / 75;

    /// <summary>What counts, in a signature's notation.</summary>
    protected const string Counted = "over:parsed";

    /// <inheritdoc/>
    public sealed override int StatisticLength => NumberPair.Words;

    /// <inheritdoc/>
    public sealed override int SumLength => Small + 1;

    /// <inheritdoc/>
    public sealed override int MaxTerms => SumLength;

    /// <inheritdoc/>
    public sealed override string SumKey => "numbers";

    /// <inheritdoc/>
    public sealed override void Measure(MetricSample sample, Span<long> statistic) => NumberPair.Measure(sample, statistic);

    /// <inheritdoc/>
    public sealed override bool IsMeasured(ReadOnlySpan<long> statistic) => NumberPair.IsMeasured(statistic);

    /// <inheritdoc/>
    public sealed override long CountSamples(ReadOnlySpan<long> sums, long scored) => sums[0];

    /// <inheritdoc/>
    public sealed override int Scatter(ReadOnlySpan<long> statistic, Span<SumTerm> terms)
    {
        if (!NumberPair.IsMeasured(statistic))
        {
            return 0;
        }

        var pair = NumberPair.Read(statistic);
        var (reference, answer) = (WideSum.FromDouble(pair.Reference), WideSum.FromDouble(pair.Answer));
        var error = BigInteger.Abs(answer - reference);
        var ratio = Math.Abs(pair.Answer - pair.Reference) / Math.Max(Math.Abs(pair.Reference), Epsilon);
        terms[0] = new SumTerm(0, 1);
        var count = WideSum.Add(reference, References, WideSum.ValueWords, terms, 1);
        count = WideSum.Add(answer, Answers, WideSum.ValueWords, terms, count);
        count = WideSum.Add(error, Errors, WideSum.ValueWords, terms, count);
        count = WideSum.Add(reference * reference, ReferenceSquares, WideSum.ProductWords, terms, count);
        count = WideSum.Add(answer * answer, AnswerSquares, WideSum.ProductWords, terms, count);
        count = WideSum.Add(reference * answer, Products, WideSum.ProductWords, terms, count);
        count = WideSum.Add(WideSum.FromDouble(ratio), Ratios, WideSum.RatioWords, terms, count);
        if (pair.Reference == 0)
        {
            terms[count++] = new SumTerm(Zeros, 1);
        }
        else if (Math.Abs(pair.Reference) < LeastExact)
        {
            terms[count++] = new SumTerm(Small, 1);
        }

        return count;
    }

    /// <summary>References so small that the sums do not keep nine digits of them.</summary>
    /// <inheritdoc/>
    public override string? WarningOf(ReadOnlySpan<long> sums) =>
        sums[Small] == 0
            ? null
            : FormattableString.Invariant(
                $"{sums[Small]} references are closer to 0 than 1e-9. Errors and correlations lose digits there, because numbers are kept to 8.7e-19: multiply the numbers of the dataset and the answers, for example by a billion."
            );

    /// <inheritdoc/>
    public sealed override bool IsDominated(int value, double number, ReadOnlySpan<double> replicates)
    {
        var mean = ErrorOf(number);
        var squares = 0.0;
        foreach (var replicate in replicates)
        {
            squares += Math.Pow((ErrorOf(replicate) / mean) - 1, 2);
        }

        return mean > 0 && squares / replicates.Length > MaxRelativeVariance;
    }

    /// <summary>The mean that a number follows from: of errors, or of squares. Default: the number.</summary>
    protected virtual double ErrorOf(double number) => number;

    /// <summary>How many samples there are, in units of a sample's weight.</summary>
    protected static long Samples(ReadOnlySpan<long> sums) => sums[0];

    /// <summary>References that are 0.</summary>
    protected static long ZeroReferences(ReadOnlySpan<long> sums) => sums[Zeros];

    /// <summary>The mean of |answer − reference|.</summary>
    protected static double MeanError(ReadOnlySpan<long> sums) => MeanOf(sums, Errors, WideSum.ValueWords);

    /// <summary>The mean of |answer − reference| ÷ max(|reference|, ε).</summary>
    protected static double MeanRatio(ReadOnlySpan<long> sums) => MeanOf(sums, Ratios, WideSum.RatioWords);

    /// <summary>The sum of (answer − reference)², exact.</summary>
    protected static BigInteger SquaredErrors(ReadOnlySpan<long> sums) =>
        Square(sums, ReferenceSquares) + Square(sums, AnswerSquares) - (2 * Square(sums, Products));

    /// <summary>n times the sum of squares of the references around their mean, exact.</summary>
    protected static BigInteger ReferenceVariation(ReadOnlySpan<long> sums) =>
        (Samples(sums) * Square(sums, ReferenceSquares)) - BigInteger.Pow(Value(sums, References), 2);

    /// <summary>n times the sum of squares of the answers around their mean, exact.</summary>
    protected static BigInteger AnswerVariation(ReadOnlySpan<long> sums) =>
        (Samples(sums) * Square(sums, AnswerSquares)) - BigInteger.Pow(Value(sums, Answers), 2);

    /// <summary>n times the sum of products of both around their means, exact.</summary>
    protected static BigInteger Covariation(ReadOnlySpan<long> sums) =>
        (Samples(sums) * Square(sums, Products)) - (Value(sums, References) * Value(sums, Answers));

    private static double MeanOf(ReadOnlySpan<long> sums, int first, int words) =>
        WideSum.ToDouble(WideSum.Join(sums.Slice(first, words)), WideSum.Digits) / Samples(sums);

    private static BigInteger Value(ReadOnlySpan<long> sums, int first) => WideSum.Join(sums.Slice(first, WideSum.ValueWords));

    private static BigInteger Square(ReadOnlySpan<long> sums, int first) => WideSum.Join(sums.Slice(first, WideSum.ProductWords));
}

/// <summary>A reference and an answer that are numbers, in a statistic of three words.</summary>
/// <param name="Reference">The reference.</param>
/// <param name="Answer">The answer.</param>
internal readonly record struct NumberPair(double Reference, double Answer)
{
    /// <summary>Words of the statistic.</summary>
    public const int Words = 3;

    /// <summary>Measures a sample; one whose answer is no number leaves the words 0.</summary>
    public static void Measure(MetricSample sample, Span<long> statistic)
    {
        if (CanonicalNumber.TryRead(sample.References[0], out var reference) && CanonicalNumber.TryRead(sample.Prediction, out var answer))
        {
            statistic[0] = 1;
            statistic[1] = BitConverter.DoubleToInt64Bits(reference);
            statistic[2] = BitConverter.DoubleToInt64Bits(answer);
        }
    }

    /// <summary>Whether a statistic has both numbers.</summary>
    public static bool IsMeasured(ReadOnlySpan<long> statistic) => statistic[0] == 1;

    /// <summary>The numbers of a statistic that has both.</summary>
    public static NumberPair Read(ReadOnlySpan<long> statistic) =>
        new(BitConverter.Int64BitsToDouble(statistic[1]), BitConverter.Int64BitsToDouble(statistic[2]));
}
