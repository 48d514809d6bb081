namespace FunctionsEval.Core.Parsing;

/// <summary>
/// The probability of each label by the likeliest alternatives of an answer's tokens. From where the answer begins, every alternative whose text can only lead to one label
/// adds its probability to that label; where the token that was chosen may still lead to several, the walk goes on to the next one. What leads to no label, or is not
/// among the alternatives that the endpoint gives (20 at most), is left out, and the rest scaled to 1.
/// </summary>
/// <param name="spellings">Spelling → label.</param>
/// <param name="comparison">How spellings are compared.</param>
internal sealed class LabelProbabilities(IReadOnlyDictionary<string, string> spellings, StringComparison comparison)
{
    /// <summary>Reads the probabilities.</summary>
    /// <param name="tokens">The answer's tokens.</param>
    /// <param name="start">Where in the answer's text the label begins.</param>
    /// <returns>Probabilities above 0 by label; null when no alternative leads to a label.</returns>
    public IReadOnlyDictionary<string, double>? Read(IReadOnlyList<AnswerToken> tokens, int start)
    {
        var sums = new SortedDictionary<string, double>(StringComparer.Ordinal);
        var position = 0;
        var written = "";
        var logProbability = 0.0;
        foreach (var token in tokens)
        {
            var lead = Math.Clamp(start - position, 0, token.Text.Length);
            position += token.Text.Length;
            if (position <= start)
            {
                continue;
            }

            foreach (var alternative in token.Alternatives.Where(alternative => alternative.Text != token.Text))
            {
                if (Continue(written, token.Text[..lead], alternative.Text) is { } text && LabelsOf(text) is [var label])
                {
                    Add(label, logProbability + alternative.LogProbability);
                }
            }

            written += token.Text[lead..];
            logProbability += token.LogProbability;
            switch (LabelsOf(written))
            {
                case [var label]:
                    Add(label, logProbability);
                    return Scale(sums);
                case []:
                    return Scale(sums);
                default:
                    break;
            }
        }

        // The answer ends although it could go on to a longer label: it is the one it spells.
        if (spellings.Keys.FirstOrDefault(spelling => written.Length > 0 && spelling.Equals(written.TrimEnd(), comparison)) is { } exact)
        {
            Add(spellings[exact], logProbability);
        }

        return Scale(sums);

        void Add(string label, double logarithm) => sums[label] = sums.GetValueOrDefault(label) + Math.Exp(logarithm);
    }

    /// <summary>What the text from the label's beginning would be; null when the alternative does not begin as the chosen token does before it.</summary>
    private static string? Continue(string written, string lead, string alternative) =>
        written.Length > 0 ? written + alternative
        : alternative.StartsWith(lead, StringComparison.Ordinal) ? alternative[lead.Length..].TrimStart()
        : string.IsNullOrWhiteSpace(lead) ? alternative.TrimStart()
        : null;

    /// <summary>The labels that a text may lead to: those it begins, or the one it spells with something after it that is no part of the word.</summary>
    private string[] LabelsOf(string text) => text.Length == 0
        ? []
        : [.. spellings.Where(spelling => Leads(text, spelling.Key)).Select(spelling => spelling.Value).Distinct(StringComparer.Ordinal)];

    private bool Leads(string text, string spelling) =>
        spelling.StartsWith(text, comparison)
        || (text.StartsWith(spelling, comparison) && !char.IsLetterOrDigit(text[spelling.Length]));

    private static SortedDictionary<string, double>? Scale(SortedDictionary<string, double> sums)
    {
        var total = sums.Values.Sum();
        if (!(total > 0))
        {
            return null;
        }

        foreach (var label in sums.Keys.ToArray())
        {
            sums[label] /= total;
        }

        return sums;
    }
}
