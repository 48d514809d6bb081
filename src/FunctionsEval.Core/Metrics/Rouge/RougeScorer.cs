using FunctionsEval.Core.Metrics.Tokenization;

namespace FunctionsEval.Core.Metrics.Rouge;

/// <summary>Precision, recall and F1, each 0–1.</summary>
internal readonly record struct RougeScore(double Precision, double Recall)
{
    /// <summary>The harmonic mean; 0 when both are.</summary>
    public double FMeasure => Precision + Recall > 0 ? 2 * Precision * Recall / (Precision + Recall) : 0;

    /// <summary>The score of as many hits.</summary>
    public static RougeScore FromHits(long hits, int predicted, int expected) =>
        new(hits / (double)Math.Max(predicted, 1), hits / (double)Math.Max(expected, 1));
}

/// <summary>
/// ROUGE of one pair of texts (Lin, ACL workshop Text Summarization Branches Out, 2004), as rouge_score 0.1.2 computes it.
/// </summary>
/// <param name="tokenizer">Cuts the texts into tokens.</param>
/// <param name="types">What is scored: rouge1–rouge9, rougeL, rougeLsum.</param>
internal sealed class RougeScorer(RougeTokenizer tokenizer, IReadOnlyList<string> types)
{
    private const int Target = 0;
    private const int Prediction = 1;

    /// <summary>The type's length of n-grams; 0 for one that does not compare n-grams.</summary>
    private readonly int[] _orders = [.. types.Select(type => char.IsAsciiDigit(type[^1]) ? type[^1] - '0' : 0)];

    private readonly int _maxOrder = types.Max(type => char.IsAsciiDigit(type[^1]) ? type[^1] - '0' : 0);

    /// <summary>Scores a prediction by each type.</summary>
    /// <param name="target">The text that is expected.</param>
    /// <param name="prediction">The text that is scored.</param>
    /// <param name="scores">Receives a score for each type.</param>
    public void Score(string target, string prediction, Span<RougeScore> scores)
    {
        var workspace = TextWorkspace.Current;
        var tokens = workspace.Tokens;
        tokens.Clear();
        tokenizer.Tokenize(target, workspace);
        tokenizer.Tokenize(prediction, workspace);
        Span<long> matches = stackalloc long[_maxOrder];
        workspace.Ngrams.Count(tokens, Prediction, Target, references: 1, matches);
        for (var t = 0; t < scores.Length; t++)
        {
            scores[t] =
                _orders[t] is > 0 and var order ? ScoreNgrams(tokens, order, matches[order - 1])
                : types[t] == "rougeL" ? ScoreText(workspace)
                : workspace.Summaries.Score(tokenizer, target, prediction, workspace);
        }
    }

    private static RougeScore ScoreNgrams(TokenSequences tokens, int order, long hits) =>
        RougeScore.FromHits(hits, NgramMatches.CountIn(tokens[Prediction], order), NgramMatches.CountIn(tokens[Target], order));

    private static RougeScore ScoreText(TextWorkspace workspace)
    {
        var tokens = workspace.Tokens;
        workspace.Common.Start(tokens.TokenCount);
        workspace.Common.SetPrediction(tokens[Prediction]);
        return RougeScore.FromHits(workspace.Common.LengthOf(tokens[Target]), tokens[Prediction].Length, tokens[Target].Length);
    }
}
