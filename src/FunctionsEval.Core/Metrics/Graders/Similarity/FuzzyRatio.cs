using FunctionsEval.Core.Metrics.Rouge;
using FunctionsEval.Core.Metrics.Tokenization;

namespace FunctionsEval.Core.Metrics.Graders.Similarity;

/// <summary>
/// How alike two texts are by insertions and deletions: twice the length of a longest common subsequence ÷ the length of both, in code
/// points. As <c>fuzz.ratio</c> of rapidfuzz 3.14.5 ÷ 100, without any processing of the texts.
/// </summary>
internal static class FuzzyRatio
{
    /// <summary>The ratio, 0–1; 1 for two empty texts.</summary>
    public static double Between(string first, string second)
    {
        var numberOf = new Dictionary<int, int>();
        var (numbers, others) = (Number(first, numberOf), Number(second, numberOf));
        if (numbers.Length + others.Length == 0)
        {
            return 1;
        }

        var common = new LongestCommonSubsequence(numberOf.Count);
        common.SetPrediction(numbers);
        return 2.0 * common.LengthOf(others) / (numbers.Length + others.Length);
    }

    private static int[] Number(string text, Dictionary<int, int> numberOf)
    {
        var points = PythonText.CodePoints(text);
        for (var i = 0; i < points.Length; i++)
        {
            if (!numberOf.TryGetValue(points[i], out var number))
            {
                number = numberOf.Count;
                numberOf.Add(points[i], number);
            }

            points[i] = number;
        }

        return points;
    }
}
