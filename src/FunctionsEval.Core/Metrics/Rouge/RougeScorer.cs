using FunctionsEval.Core.Metrics.Tokenization;

namespace FunctionsEval.Core.Metrics.Rouge;

/// <summary>Precision, recall and F1, each 0–1.</summary>
internal readonly record struct RougeScore(double Precision, double Recall)
{
    /// <summary>The harmonic mean; 0 when both are.</summary>
    public double FMeasure => Precision + Recall > 0 ? 2 * Precision * Recall / (Precision + Recall) : 0;
}

/// <summary>
/// ROUGE of one pair of texts (Lin, ACL workshop Text Summarization Branches Out, 2004), as rouge_score 0.1.2 computes it.
/// </summary>
internal sealed class RougeScorer(RougeTokenizer tokenizer)
{
    /// <summary>Scores a prediction by each type: rouge1–rouge9, rougeL, rougeLsum.</summary>
    public RougeScore[] Score(string target, string prediction, IReadOnlyList<string> types)
    {
        var tokens = NgramIndex.NumberTokens([tokenizer.Tokenize(target), tokenizer.Tokenize(prediction)]);
        var scores = new RougeScore[types.Count];
        for (var t = 0; t < scores.Length; t++)
        {
            scores[t] = types[t] switch
            {
                "rougeL" => ScoreText(tokens[0], tokens[1]),
                "rougeLsum" => ScoreSummary(target, prediction),
                var type => ScoreNgrams(tokens, type[^1] - '0'),
            };
        }

        return scores;
    }

    private static RougeScore ScoreNgrams(IReadOnlyList<int[]> tokens, int order)
    {
        var index = new NgramIndex(tokens);
        while (index.Order < order)
        {
            index.Advance();
        }

        var target = index.CountsOf(0);
        var prediction = index.CountsOf(1);
        var hits = 0;
        for (var ngram = 0; ngram < target.Length; ngram++)
        {
            hits += Math.Min(target[ngram], prediction[ngram]);
        }

        return FromHits(hits, index.NumbersOf(1).Length, index.NumbersOf(0).Length);
    }

    private static RougeScore ScoreText(int[] target, int[] prediction)
    {
        var common = new LongestCommonSubsequence(CountTokens([target, prediction]));
        common.SetPrediction(prediction);
        return FromHits(common.LengthOf(target), prediction.Length, target.Length);
    }

    /// <summary>
    /// Summary-level ROUGE-L: for each target sentence the union over prediction sentences of one longest common subsequence each,
    /// a token counting no more often than it occurs on either side (section 3.2 of the paper, and ROUGE 1.5.5).
    /// </summary>
    private RougeScore ScoreSummary(string target, string prediction)
    {
        var (targetLines, predictionLines) = (Lines(target), Lines(prediction));
        var sentences = NgramIndex.NumberTokens(targetLines.Concat(predictionLines).Select(tokenizer.Tokenize));
        var targets = sentences.Take(targetLines.Count).ToList();
        var predictions = sentences.Skip(targetLines.Count).ToList();
        var unions = Unions(
            targetLines.Zip(targets),
            predictionLines.Zip(predictions).DistinctBy(line => line.First).Select(line => line.Second),
            CountTokens(sentences)
        );
        var remainingTarget = Count(targets);
        var remainingPrediction = Count(predictions);

        var hits = 0;
        foreach (var (line, sentence) in targetLines.Zip(targets))
        {
            var isInUnion = unions[line];
            for (var i = 0; i < sentence.Length; i++)
            {
                var token = sentence[i];
                if (isInUnion[i] && remainingTarget.GetValueOrDefault(token) > 0 && remainingPrediction.GetValueOrDefault(token) > 0)
                {
                    hits++;
                    remainingTarget[token]--;
                    remainingPrediction[token]--;
                }
            }
        }

        return FromHits(hits, predictions.Sum(sentence => sentence.Length), targets.Sum(sentence => sentence.Length));
    }

    /// <summary>
    /// For each different line of the target, which of its tokens are in a longest common subsequence with any of the predictions.
    /// </summary>
    private static Dictionary<string, bool[]> Unions(
        IEnumerable<(string Line, int[] Sentence)> targets,
        IEnumerable<int[]> predictions,
        int tokens
    )
    {
        var lines = targets
            .DistinctBy(target => target.Line)
            .Select(target => (target.Line, target.Sentence, IsInUnion: new bool[target.Sentence.Length]))
            .ToList();
        var common = new LongestCommonSubsequence(tokens);
        foreach (var prediction in predictions)
        {
            common.SetPrediction(prediction);
            foreach (var (_, sentence, isInUnion) in lines)
            {
                common.Mark(sentence, isInUnion);
            }
        }

        return lines.ToDictionary(line => line.Line, line => line.IsInUnion, StringComparer.Ordinal);
    }

    private static List<string> Lines(string text) => [.. text.Split('\n').Where(line => line.Length > 0)];

    private static int CountTokens(IEnumerable<int[]> sentences) => sentences.SelectMany(sentence => sentence).DefaultIfEmpty(-1).Max() + 1;

    private static Dictionary<int, int> Count(List<int[]> sentences) =>
        sentences.SelectMany(sentence => sentence).GroupBy(token => token).ToDictionary(group => group.Key, group => group.Count());

    private static RougeScore FromHits(int hits, int predicted, int expected) =>
        new(hits / (double)Math.Max(predicted, 1), hits / (double)Math.Max(expected, 1));
}
