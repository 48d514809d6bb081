namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>Chooses from a discrete distribution.</summary>
internal static class TokenSampler
{
    /// <summary>
    /// The index of the largest probability (the first one among equals) at temperature 0; otherwise an index
    /// drawn in proportion to p^(1/temperature).
    /// </summary>
    /// <param name="probabilities">Non-negative weights, at least one of them positive.</param>
    /// <param name="temperature">At least 0.</param>
    /// <param name="random">Where the draw comes from; unused at temperature 0.</param>
    public static int Choose(ReadOnlySpan<double> probabilities, double temperature, Random random)
    {
        var largest = 0;
        for (var i = 1; i < probabilities.Length; i++)
        {
            if (probabilities[i] > probabilities[largest])
            {
                largest = i;
            }
        }
        if (temperature == 0)
        {
            return largest;
        }

        // Relative to the largest probability, so that a low temperature underflows to 0 and never to 0/0.
        var weights = new double[probabilities.Length];
        var total = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = Math.Pow(probabilities[i] / probabilities[largest], 1 / temperature);
            total += weights[i];
        }
        var draw = random.NextDouble() * total;
        for (var i = 0; i < weights.Length; i++)
        {
            draw -= weights[i];
            if (draw < 0)
            {
                return i;
            }
        }
        return largest;
    }
}
