using FunctionsEval.Core.Metrics.Tokenization;

namespace FunctionsEval.Core.Metrics.Graders.Similarity;

/// <summary>
/// Google BLEU (Wu et al. 2016, arXiv:1609.08144): matching n-grams of 1 to 4 tokens ÷ the n-grams of the longer text. As
/// <c>sentence_gleu</c> of nltk 3.8.1 over the tokens of 13a.
/// </summary>
internal static class GoogleBleu
{
    private const int MaxOrder = 4;

    /// <summary>The score, 0–1; 0 where neither text has a token.</summary>
    public static double Between(string first, string second)
    {
        var workspace = TextWorkspace.Current;
        var tokens = workspace.Tokens;
        tokens.Clear();
        Read(first, workspace);
        Read(second, workspace);
        Span<long> matches = stackalloc long[MaxOrder];
        workspace.Ngrams.Count(tokens, answer: 0, firstReference: 1, references: 1, matches);
        long shared = 0,
            ngrams = 0,
            others = 0;
        for (var order = 1; order <= MaxOrder; order++)
        {
            shared += matches[order - 1];
            ngrams += NgramMatches.CountIn(tokens[0], order);
            others += NgramMatches.CountIn(tokens[1], order);
        }

        return Math.Max(ngrams, others) is > 0 and var all ? (double)shared / all : 0;
    }

    private static void Read(string text, TextWorkspace workspace)
    {
        TranslationTokenizer.ByName["13a"].Tokenize(PythonText.TrimEnd(text.AsSpan()), workspace);
        workspace.Tokens.EndSequence();
    }
}
