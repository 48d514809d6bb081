namespace FunctionsEval.Core.Parsing;

/// <summary>The probability of each label from the likelihood of each as a continuation.</summary>
public static class LabelLikelihoods
{
    /// <summary>
    /// Scales likelihoods to 1. A text's likelihood is that an answer begins with it; from a label that begins others what they have is
    /// taken, since an answer that goes on to one of them is not the shorter one. Where they have more than it, they are other tokens and
    /// nothing is taken.
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
