namespace FunctionsEval.Core.Parsing;

/// <summary>The probability of each label from the likelihood of each as a continuation.</summary>
public static class LabelLikelihoods
{
    /// <summary>
    /// Scales likelihoods so that they sum to 1. A text's likelihood is that of an answer that begins with it. If a label is the beginning
    /// of longer labels, their likelihood is subtracted from its own, because an answer that continues to a longer label is not the shorter
    /// one. If the longer labels have more than the shorter one, they consist of other tokens, and nothing is subtracted.
    /// </summary>
    /// <param name="logLikelihoods">By label: its text as the answer would have it, and the natural-log likelihood of that.</param>
    /// <returns>Probabilities above 0 by label, adding up to 1; null when all are 0.</returns>
    public static IReadOnlyDictionary<string, double>? ToProbabilities(
        IReadOnlyDictionary<string, (string Text, double LogLikelihood)> logLikelihoods
    )
    {
        ArgumentNullException.ThrowIfNull(logLikelihoods);
        var largest = logLikelihoods.Values.Select(label => label.LogLikelihood).DefaultIfEmpty(double.NegativeInfinity).Max();
        if (!double.IsFinite(largest))
        {
            return null;
        }

        var own = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (
            var (label, (text, logLikelihood)) in logLikelihoods
                .OrderByDescending(label => label.Value.Text.Length)
                .ThenBy(label => label.Key, StringComparer.Ordinal)
        )
        {
            var all = Math.Exp(logLikelihood - largest);
            var longer = own.Where(other => logLikelihoods[other.Key].Text.StartsWith(text, StringComparison.Ordinal))
                .Sum(other => other.Value);
            own[label] = longer < all ? all - longer : all;
        }

        var total = own.Values.Sum();
        return new SortedDictionary<string, double>(
            own.Where(label => label.Value > 0).ToDictionary(label => label.Key, label => label.Value / total),
            StringComparer.Ordinal
        );
    }
}
