namespace FunctionsEval.Core.Metrics.Repeats;

/// <summary>
/// Estimates from n answers to a row, c of them right, how probably k new answers have a right one (pass@k), or only right ones (pass^k).
/// Both are unbiased: they are the shares of the sets of k of the n answers.
/// </summary>
/// <remarks>
/// pass@k = 1 − C(n − c, k) ÷ C(n, k): Chen et al., "Evaluating large language models trained on code", arXiv 2107.03374, 2021. pass^k =
/// C(c, k) ÷ C(n, k): Yao et al., "τ-bench", arXiv 2406.12045, 2024.
/// </remarks>
/// <param name="Draws">k, at least 1.</param>
/// <param name="AreAllRight">Whether all of the k answers must be right.</param>
public readonly record struct PassEstimator(int Draws, bool AreAllRight)
{
    /// <summary>The name of the number.</summary>
    public string Name => FormattableString.Invariant($"{(AreAllRight ? "pass_hat" : "pass_at")}_{Draws}");

    /// <summary>The estimate, 0–1.</summary>
    /// <param name="answers">n, from k to <see cref="OptionReading.SpecLimits.MaxRepeats"/>.</param>
    /// <param name="right">c, from 0 to n.</param>
    public double Estimate(int answers, int right)
    {
        double sets = Choose(answers, Draws);
        return (AreAllRight ? Choose(right, Draws) : sets - Choose(answers - right, Draws)) / sets;
    }

    /// <summary>The number of sets of some of the things: exact, since 32 things have at most 601,080,390 sets of one size.</summary>
    private static long Choose(int things, int some)
    {
        if (some > things)
        {
            return 0;
        }

        long sets = 1;
        for (var i = 0; i < some; i++)
        {
            sets = sets * (things - i) / (i + 1);
        }

        return sets;
    }
}
