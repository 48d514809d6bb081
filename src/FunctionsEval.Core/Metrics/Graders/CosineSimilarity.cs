namespace FunctionsEval.Core.Metrics.Graders;

/// <summary>How near two texts are by their embeddings.</summary>
public static class CosineSimilarity
{
    /// <summary>The cosine of the angle between two vectors, −1 to 1; null when one is all zeros or their lengths differ.</summary>
    public static double? Between(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        if (first.Length != second.Length)
        {
            return null;
        }

        // In order and in doubles, so that the same vectors give the same bits on every machine.
        double dot = 0,
            firstSquares = 0,
            secondSquares = 0;
        for (var i = 0; i < first.Length; i++)
        {
            dot += (double)first[i] * second[i];
            firstSquares += (double)first[i] * first[i];
            secondSquares += (double)second[i] * second[i];
        }

        var norms = Math.Sqrt(firstSquares) * Math.Sqrt(secondSquares);
        return norms > 0 && double.IsFinite(norms) ? Math.Clamp(dot / norms, -1, 1) : null;
    }
}
