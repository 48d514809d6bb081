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
        var tokenizer = TranslationTokenizer.ByName["13a"];
        var sequences = NgramIndex.NumberTokens([
            tokenizer.Tokenize(PythonText.TrimEnd(first)),
            tokenizer.Tokenize(PythonText.TrimEnd(second)),
        ]);
        var index = new NgramIndex(sequences);
        long matches = 0,
            ngrams = 0,
            others = 0;
        while (index.Order < MaxOrder)
        {
            index.Advance();
            ngrams += index.NumbersOf(0).Length;
            others += index.NumbersOf(1).Length;
            matches += index.CountsOf(0).Zip(index.CountsOf(1), Math.Min).Sum(both => (long)both);
        }

        return Math.Max(ngrams, others) is > 0 and var all ? (double)matches / all : 0;
    }
}
