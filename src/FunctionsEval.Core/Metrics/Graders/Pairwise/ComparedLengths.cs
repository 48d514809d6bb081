namespace FunctionsEval.Core.Metrics.Graders.Pairwise;

/// <summary>The lengths of two answers that were compared, in Unicode code points.</summary>
/// <param name="Answer">Length of the answer that is graded.</param>
/// <param name="Other">Length of the answer that it was compared with.</param>
public sealed record ComparedLengths(int Answer, int Other)
{
    /// <summary>The relative difference, −1 to 1: (answer − other) ÷ (answer + other); 0 where both are empty.</summary>
    internal double Difference => (long)Answer + Other is > 0 and var both ? ((double)Answer - Other) / both : 0;
}
