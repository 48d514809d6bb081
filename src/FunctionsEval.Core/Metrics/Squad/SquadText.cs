using System.Text;
using FunctionsEval.Core.Metrics.Tokenization;

namespace FunctionsEval.Core.Metrics.Squad;

/// <summary>The normalisation and the token F1 of the SQuAD scripts (Rajpurkar et al., EMNLP 2016 and ACL 2018).</summary>
internal static class SquadText
{
    /// <summary>Lower case, without ASCII punctuation and articles, single spaces.</summary>
    public static string Normalize(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var c in PythonText.Lower(text))
        {
            if (!PythonText.IsAsciiPunctuation(c))
            {
                kept.Append(c);
            }
        }

        return string.Join(' ', PythonText.Split(Articles.Remove(kept.ToString())));
    }

    /// <summary>F1 of the words that two normalised texts share, counted with multiplicity.</summary>
    public static double TokenF1(string prediction, string reference, bool emptyEqualsEmpty)
    {
        var predicted = PythonText.Split(prediction);
        var expected = PythonText.Split(reference);
        if (emptyEqualsEmpty && (predicted.Count == 0 || expected.Count == 0))
        {
            return predicted.Count == expected.Count ? 1 : 0;
        }

        var remaining = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var word in expected)
        {
            remaining[word] = remaining.GetValueOrDefault(word) + 1;
        }

        var shared = 0;
        foreach (var word in predicted)
        {
            if (remaining.GetValueOrDefault(word) > 0)
            {
                remaining[word]--;
                shared++;
            }
        }

        if (shared == 0)
        {
            return 0;
        }

        var precision = (double)shared / predicted.Count;
        var recall = (double)shared / expected.Count;
        return 2 * precision * recall / (precision + recall);
    }
}
