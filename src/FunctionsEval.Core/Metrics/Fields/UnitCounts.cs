namespace FunctionsEval.Core.Metrics.Fields;

/// <summary>
/// How many units (values, elements of a set, values of the elements of a list) a reference and an answer have, and how many of them agree.
/// </summary>
/// <param name="Matched">Units of the answer that the reference has.</param>
/// <param name="Expected">Units of the reference.</param>
/// <param name="Given">Units of the answer.</param>
internal readonly record struct UnitCounts(int Matched, int Expected, int Given)
{
    public static UnitCounts operator +(UnitCounts left, UnitCounts right) =>
        new(left.Matched + right.Matched, left.Expected + right.Expected, left.Given + right.Given);
}
