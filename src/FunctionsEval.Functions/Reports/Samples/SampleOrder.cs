namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>What samples are sorted by.</summary>
internal enum SampleSort
{
    /// <summary>Their place in the dataset.</summary>
    Line,

    /// <summary>The candidate's score.</summary>
    Score,

    /// <summary>The baseline's score.</summary>
    BaselineScore,

    /// <summary>The candidate's score less the baseline's.</summary>
    Difference,

    /// <summary>Characters of the candidate's answer.</summary>
    Length,
}

/// <summary>An order of samples. Samples of one value stand in dataset order, those without a value last.</summary>
/// <param name="Sort">By what.</param>
/// <param name="IsDescending">
/// Whether the largest value comes first; null for the usual order: the first line, the longest answer, the worst score, the greatest loss.
/// </param>
/// <param name="Metric">Name of the metric's number that scores are; null for the first that a sample has.</param>
internal sealed record SampleOrder(SampleSort Sort, bool? IsDescending, string? Metric)
{
    /// <summary>Dataset order.</summary>
    public static readonly SampleOrder Dataset = new(SampleSort.Line, null, null);

    /// <summary>Whether the scores of a metric are needed, or were asked for.</summary>
    public bool NeedsScores => Metric is not null || Sort is SampleSort.Score or SampleSort.BaselineScore or SampleSort.Difference;

    /// <summary>Brings rows, which are in dataset order, into this order.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="index">The index.</param>
    /// <param name="scores">The scores; null where they are not needed.</param>
    /// <param name="higherIsBetter">Whether more of the score is better.</param>
    public void Apply(int[] rows, SampleIndex index, SampleScoreColumn? scores, bool higherIsBetter)
    {
        if (Sort == SampleSort.Line)
        {
            if (IsDescending == true)
            {
                Array.Reverse(rows);
            }

            return;
        }

        var isDescending = IsDescending ?? (Sort == SampleSort.Length || !higherIsBetter);
        var keys = Array.ConvertAll(rows, row => ValueOf(row, index, scores));
        // NaN is less than any number.
        var order = keys.Length == 0 ? [] : Enumerable.Range(0, rows.Length).ToArray();
        Array.Sort(
            order,
            (one, other) =>
            {
                var (left, right) = (keys[one], keys[other]);
                var isNone = double.IsNaN(left).CompareTo(double.IsNaN(right));
                var compared =
                    isNone != 0 || double.IsNaN(left) ? isNone
                    : isDescending ? right.CompareTo(left)
                    : left.CompareTo(right);
                return compared != 0 ? compared : one.CompareTo(other);
            }
        );
        var before = (int[])rows.Clone();
        for (var position = 0; position < rows.Length; position++)
        {
            rows[position] = before[order[position]];
        }
    }

    private double ValueOf(int row, SampleIndex index, SampleScoreColumn? scores) =>
        Sort switch
        {
            SampleSort.Length => index.Lengths[row],
            SampleSort.Score => scores?.Candidate[row] ?? double.NaN,
            SampleSort.BaselineScore => scores?.Baseline[row] ?? double.NaN,
            _ => scores is null ? double.NaN : scores.Candidate[row] - scores.Baseline[row],
        };
}
