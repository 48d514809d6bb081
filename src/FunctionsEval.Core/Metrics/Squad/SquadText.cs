using FunctionsEval.Core.Metrics.Tokenization;

namespace FunctionsEval.Core.Metrics.Squad;

/// <summary>The normalisation and the token F1 of the SQuAD scripts (Rajpurkar et al., EMNLP 2016 and ACL 2018).</summary>
internal static class SquadText
{
    /// <summary>Lower case, without ASCII punctuation and articles, single spaces.</summary>
    public static string Normalize(string text)
    {
        var workspace = TextWorkspace.Current;
        workspace.Tokens.Clear();
        AddWords(text, workspace);
        return string.Join(' ', workspace.Tokens.TextsOf(0));
    }

    /// <summary>Adds the words of the normalised text as a sequence of their own.</summary>
    public static void AddWords(ReadOnlySpan<char> text, TextWorkspace workspace)
    {
        var lower = workspace.Lower(text);
        var kept = workspace.TakeText(lower.Length);
        var length = 0;
        foreach (var c in lower)
        {
            if (!PythonText.IsAsciiPunctuation(c))
            {
                kept[length++] = c;
            }
        }

        AddWordsWithoutArticles(kept[..length], workspace.Tokens);
        workspace.Tokens.EndSequence();
    }

    /// <summary>F1 of the words that two normalised texts share, counted with multiplicity.</summary>
    /// <param name="predicted">Words of the one.</param>
    /// <param name="expected">Words of the other.</param>
    /// <param name="remaining">One 0 for each different word; it is 0 afterwards, too.</param>
    /// <param name="emptyEqualsEmpty">Whether two texts without words agree.</param>
    public static double TokenF1(ReadOnlySpan<int> predicted, ReadOnlySpan<int> expected, Span<int> remaining, bool emptyEqualsEmpty)
    {
        if (emptyEqualsEmpty && (predicted.IsEmpty || expected.IsEmpty))
        {
            return predicted.Length == expected.Length ? 1 : 0;
        }

        foreach (var word in expected)
        {
            remaining[word]++;
        }

        var shared = 0;
        foreach (var word in predicted)
        {
            if (remaining[word] > 0)
            {
                remaining[word]--;
                shared++;
            }
        }

        foreach (var word in expected)
        {
            remaining[word] = 0;
        }

        if (shared == 0)
        {
            return 0;
        }

        var precision = (double)shared / predicted.Length;
        var recall = (double)shared / expected.Length;
        return 2 * precision * recall / (precision + recall);
    }

    private static void AddWordsWithoutArticles(ReadOnlySpan<char> text, TokenSequences tokens)
    {
        var start = 0;
        for (var i = 0; i < text.Length; )
        {
            var gap = PythonText.IsWhiteSpace(text[i]) ? 1 : Articles.LengthAt(text, i);
            if (gap > 0)
            {
                if (start < i)
                {
                    tokens.Add(text[start..i]);
                }

                start = i + gap;
            }

            i += Math.Max(gap, 1);
        }

        if (start < text.Length)
        {
            tokens.Add(text[start..]);
        }
    }
}
