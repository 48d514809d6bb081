namespace FunctionsEval.Core.Metrics.Rouge;

/// <summary>Longest common subsequences of tokens, by dynamic programming.</summary>
internal static class LongestCommonSubsequence
{
    /// <summary>Its length.</summary>
    public static int Length(int[] target, int[] prediction)
    {
        var row = new int[prediction.Length + 1];
        foreach (var token in target)
        {
            var diagonal = 0;
            for (var j = 1; j < row.Length; j++)
            {
                var above = row[j];
                row[j] = token == prediction[j - 1] ? diagonal + 1 : Math.Max(above, row[j - 1]);
                diagonal = above;
            }
        }

        return row[^1];
    }

    /// <summary>
    /// Marks the target's positions in one longest common subsequence. Of several, it is the one that rouge_score's way back through
    /// the table finds: from the end, equal tokens pair up, and otherwise it moves up in the target unless left is strictly longer.
    /// </summary>
    public static void Mark(int[] target, int[] prediction, bool[] isMarked)
    {
        var columns = prediction.Length + 1;
        var lengths = new int[(target.Length + 1) * columns];
        for (var i = 1; i <= target.Length; i++)
        {
            for (var j = 1; j < columns; j++)
            {
                lengths[(i * columns) + j] = target[i - 1] == prediction[j - 1]
                    ? lengths[((i - 1) * columns) + j - 1] + 1
                    : Math.Max(lengths[((i - 1) * columns) + j], lengths[(i * columns) + j - 1]);
            }
        }

        for (var (i, j) = (target.Length, prediction.Length); i > 0 && j > 0;)
        {
            if (target[i - 1] == prediction[j - 1])
            {
                isMarked[--i] = true;
                j--;
            }
            else if (lengths[(i * columns) + j - 1] > lengths[((i - 1) * columns) + j])
            {
                j--;
            }
            else
            {
                i--;
            }
        }
    }
}
