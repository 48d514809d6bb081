namespace FunctionsEval.Core.Metrics.Probabilities;

/// <summary>How one sample's predicted probabilities are scored, as scikit-learn 1.2 does.</summary>
internal static class ProbabilityScores
{
    // The spacing of doubles at 1: what scikit-learn 1.2 clips double probabilities to.
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>
    /// −ln of the probability of the true class in nats, probabilities being clipped away from 0 and 1 and then scaled to sum 1.
    /// </summary>
    /// <param name="probabilities">By class.</param>
    /// <param name="actual">The true class.</param>
    public static double LogLoss(IReadOnlyList<double> probabilities, int actual) =>
        -Math.Log(Clip(probabilities[actual]) / probabilities.Sum(Clip));

    /// <summary>Σ over classes of (p − y)², 0–2 (Brier, Monthly Weather Review 78, 1950).</summary>
    /// <inheritdoc cref="LogLoss"/>
    public static double SquaredError(IReadOnlyList<double> probabilities, int actual) =>
        probabilities.Select((p, label) => (p - (label == actual ? 1 : 0)) * (p - (label == actual ? 1 : 0))).Sum();

    /// <summary>Whether the true class is among the k most probable; of equally probable classes the later comes first.</summary>
    /// <param name="probabilities">By class.</param>
    /// <param name="actual">The true class.</param>
    /// <param name="k">How many classes count.</param>
    public static bool IsAmongTop(IReadOnlyList<double> probabilities, int actual, int k)
    {
        var own = probabilities[actual];
        return probabilities.Where((p, label) => p > own || (p == own && label > actual)).Count() < k;
    }

    private static double Clip(double probability) => Math.Clamp(probability, Epsilon, 1 - Epsilon);
}
