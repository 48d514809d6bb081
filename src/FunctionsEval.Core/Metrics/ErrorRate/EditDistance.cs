namespace FunctionsEval.Core.Metrics.ErrorRate;

/// <summary>Levenshtein's distance with unit costs (Soviet Physics Doklady 10, 1966).</summary>
internal static class EditDistance
{
    /// <summary>The fewest insertions, deletions and substitutions that turn one sequence into the other.</summary>
    public static int Between(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        var row = new int[second.Length + 1];
        for (var j = 0; j < row.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= first.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j < row.Length; j++)
            {
                var substitution = diagonal + (first[i - 1] == second[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitution, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
