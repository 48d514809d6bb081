using FunctionsEval.Core.Metrics.Rouge;
using FunctionsEval.Core.Metrics.Tokenization;

namespace FunctionsEval.Core.Metrics.Graders.Similarity;

/// <summary>
/// METEOR (Lavie and Agarwal, WMT 2007) by equal words and equal stems. As <c>single_meteor_score</c> of nltk 3.8.1 with α 0.9, β 3 and
/// γ 0.5 over the tokens of 13a in lower case, without its third stage: synonyms, which need WordNet.
/// </summary>
internal static class Meteor
{
    private const double Alpha = 0.9;
    private const double Gamma = 0.5;

    /// <summary>The score, 0–1; 0 where no word matches.</summary>
    public static double Between(string hypothesis, string reference)
    {
        var (words, others) = (Tokens(hypothesis), Tokens(reference));
        var matches = new int[words.Count];
        Array.Fill(matches, -1);
        var isTaken = new bool[others.Count];
        Match(words, others, matches, isTaken);
        Match(words.ConvertAll(PorterStemmer.Stem), others.ConvertAll(PorterStemmer.Stem), matches, isTaken);

        var count = matches.Count(match => match >= 0);
        if (count == 0)
        {
            return 0;
        }

        var precision = (double)count / words.Count;
        var recall = (double)count / others.Count;
        var mean = precision * recall / ((Alpha * precision) + ((1 - Alpha) * recall));
        var fragmentation = CountChunks(matches) / (double)count;
        return (1 - (Gamma * fragmentation * fragmentation * fragmentation)) * mean;
    }

    /// <summary>Pairs equal words that have no pair, from the end of both texts.</summary>
    private static void Match(List<string> words, List<string> others, int[] matches, bool[] isTaken)
    {
        var places = new Dictionary<string, Stack<int>>(StringComparer.Ordinal);
        for (var other = 0; other < others.Count; other++)
        {
            if (!isTaken[other])
            {
                if (!places.TryGetValue(others[other], out var free))
                {
                    places[others[other]] = free = new Stack<int>();
                }

                free.Push(other);
            }
        }

        for (var word = words.Count - 1; word >= 0; word--)
        {
            if (matches[word] < 0 && places.TryGetValue(words[word], out var free) && free.TryPop(out var other))
            {
                matches[word] = other;
                isTaken[other] = true;
            }
        }
    }

    /// <summary>Runs of words that match a run of the other text. A word without a match ends a run.</summary>
    private static int CountChunks(int[] matches)
    {
        var chunks = 0;
        for (var word = 0; word < matches.Length; word++)
        {
            if (matches[word] >= 0 && (word == 0 || matches[word - 1] < 0 || matches[word] != matches[word - 1] + 1))
            {
                chunks++;
            }
        }

        return chunks;
    }

    private static List<string> Tokens(string text) =>
        TranslationTokenizer.ByName["13a"].Tokenize(PythonText.TrimEnd(PythonText.Lower(text)));
}
