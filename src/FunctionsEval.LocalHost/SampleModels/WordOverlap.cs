namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>
/// The harmonic mean of unigram precision and recall. Source: ROUGE-1 of Lin, “ROUGE: A Package for Automatic
/// Evaluation of Summaries” (2004), section 2. It only serves to train the sample models; the evaluation has its own,
/// tool-compatible metric.
/// </summary>
internal static class WordOverlap
{
    /// <summary>Between 0 and 1; 0 when either text has no words.</summary>
    public static double F1(string reference, string candidate)
    {
        var expected = TextTokenizer.Words(reference);
        var found = TextTokenizer.Words(candidate);
        var remaining = expected.CountBy(word => word).ToDictionary(StringComparer.Ordinal);
        var shared = 0;
        foreach (var word in found)
        {
            if (remaining.TryGetValue(word, out var left) && left > 0)
            {
                remaining[word] = left - 1;
                shared++;
            }
        }
        return expected.Count + found.Count == 0 ? 0 : 2.0 * shared / (expected.Count + found.Count);
    }
}
