namespace FunctionsEval.Core.Scoring.Candidates;

/// <summary>A number of one candidate with its replicates: its difference from the baseline, or its value where there is none.</summary>
/// <param name="Number">The number; undefined where <paramref name="Basis"/> has no replicates because the number is undefined.</param>
/// <param name="Basis">The replicates, or why there are none.</param>
/// <param name="DifferenceAt">The interval of the difference from the baseline at a confidence level, by the method that the candidate's
/// own run uses; null without a baseline.</param>
internal sealed record ReplicatedNumber(MeasuredNumber Number, ReplicateBasis Basis, Func<double, Interval>? DifferenceAt)
{
    /// <summary>A number that is undefined or was not kept.</summary>
    /// <param name="reason">Why.</param>
    public static ReplicatedNumber None(UndefinedReason reason) =>
        new(default, new ReplicateBasis(reason, [], default, Independent: 0), _ => Interval.None(reason));
}
