namespace FunctionsEval.Core.Metrics.Bleu;

/// <summary>
/// BLEU with the numbers it is made of (Papineni, Roukos, Ward and Zhu, ACL 2002; smoothing and details as sacrebleu 2.6.0).
/// </summary>
/// <param name="Score">0–100.</param>
/// <param name="Precisions">By order, 0–100.</param>
/// <param name="Counts">Matching n-grams by order; fractional under add-k.</param>
/// <param name="Totals">N-grams of the hypothesis by order; fractional under add-k.</param>
/// <param name="BrevityPenalty">0–1.</param>
internal sealed record BleuScore(double Score, double[] Precisions, double[] Counts, double[] Totals, double BrevityPenalty)
{
    // sacrebleu's stand-in for the logarithm of zero.
    private const double LogOfZero = -9999999999;

    /// <summary>Computes the score from sums over segments, in which one n-gram is <paramref name="unit"/>.</summary>
    public static BleuScore Compute(
        ReadOnlySpan<long> matches,
        ReadOnlySpan<long> ngrams,
        long hypothesisLength,
        long referenceLength,
        double unit,
        BleuOptions options
    )
    {
        var brevityPenalty =
            hypothesisLength >= referenceLength ? 1
            : hypothesisLength == 0 ? 0
            : Math.Exp(1 - ((double)referenceLength / hypothesisLength));
        var counts = Array.ConvertAll(matches.ToArray(), count => count / unit);
        var totals = Array.ConvertAll(ngrams.ToArray(), total => total / unit);
        var precisions = new double[counts.Length];
        if (!counts.Any(count => count > 0))
        {
            return new BleuScore(0, precisions, counts, totals, brevityPenalty);
        }

        var orders = counts.Length;
        var halving = 1.0;
        for (var n = 0; n < precisions.Length; n++)
        {
            if (options.Smoothing == BleuSmoothing.AddK && n > 0)
            {
                counts[n] += options.EffectiveSmoothingValue;
                totals[n] += options.EffectiveSmoothingValue;
            }

            if (totals[n] == 0)
            {
                break;
            }

            orders = options.EffectiveOrder ? n + 1 : orders;
            if (counts[n] != 0)
            {
                precisions[n] = 100 * counts[n] / totals[n];
            }
            else if (options.Smoothing == BleuSmoothing.Exp)
            {
                halving *= 2;
                precisions[n] = 100 / (halving * totals[n]);
            }
            else if (options.Smoothing == BleuSmoothing.Floor)
            {
                precisions[n] = 100 * options.EffectiveSmoothingValue / totals[n];
            }
        }

        var logSum = precisions.Take(orders).Sum(precision => precision == 0 ? LogOfZero : Math.Log(precision));
        return new BleuScore(brevityPenalty * Math.Exp(logSum / orders), precisions, counts, totals, brevityPenalty);
    }
}
