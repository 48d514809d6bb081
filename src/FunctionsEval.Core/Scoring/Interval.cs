using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Scoring;

/// <summary>An interval, or why there is none.</summary>
/// <param name="Method">How it was computed.</param>
/// <param name="Lower">Its lower bound; NaN without an interval.</param>
/// <param name="Upper">Its upper bound; NaN without an interval.</param>
/// <param name="Missing">Why there is none.</param>
internal readonly record struct Interval(IntervalMethod Method, double Lower, double Upper, UndefinedReason Missing)
{
    /// <summary>The lower bound; null where there is no interval, and where it is infinite, which has no place in a table.</summary>
    public double? FiniteLower => double.IsFinite(Lower) ? Lower : null;

    /// <summary>The upper bound; null where there is no interval, and where it is infinite.</summary>
    public double? FiniteUpper => double.IsFinite(Upper) ? Upper : null;

    /// <summary>No interval.</summary>
    public static Interval None(UndefinedReason reason) => new(IntervalMethod.None, double.NaN, double.NaN, reason);
}

/// <summary>The replicates behind an interval, or why no interval can be made of them.</summary>
/// <param name="Missing">Why there is none.</param>
/// <param name="Replicates">The number in every replicate in which it is finite.</param>
/// <param name="Spread">What the replicates' spread falls short by.</param>
/// <param name="Independent">How many independent samples could each move the number by its whole range.</param>
internal readonly record struct ReplicateBasis(UndefinedReason Missing, double[] Replicates, Spread Spread, double Independent);
