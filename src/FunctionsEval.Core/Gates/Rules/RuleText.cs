namespace FunctionsEval.Core.Gates.Rules;

/// <summary>Verdicts and wordings that several rules share.</summary>
internal static class RuleText
{
    /// <summary>Why a number is not there, in parentheses; empty when that is not known.</summary>
    public static string Because(string? reason) => reason is null ? "" : $" ({reason.Replace('_', ' ')})";

    /// <summary>Compares a value with a minimum.</summary>
    public static RuleVerdict AtLeast(RuleSubject subject, double value, double minimum) =>
        double.IsNaN(value) ? Undefined(subject)
        : value >= minimum ? RuleVerdict.Pass($"{Value(subject, value, minimum)} is at least {subject.Text.Bound(minimum)}")
        : RuleVerdict.Fail($"{Value(subject, value, minimum)} is below {subject.Text.Bound(minimum)}");

    /// <summary>Compares a value with a maximum.</summary>
    public static RuleVerdict AtMost(RuleSubject subject, double value, double maximum) =>
        double.IsNaN(value) ? Undefined(subject)
        : value <= maximum ? RuleVerdict.Pass($"{Value(subject, value, maximum)} is at most {subject.Text.Bound(maximum)}")
        : RuleVerdict.Fail($"{Value(subject, value, maximum)} is above {subject.Text.Bound(maximum)}");

    /// <summary>Compares the interval of a difference with the margin by which the candidate may be worse.</summary>
    /// <param name="subject">The number.</param>
    /// <param name="metric">The value.</param>
    /// <param name="margin">By how much it may be worse.</param>
    /// <param name="other">What it is compared with.</param>
    public static RuleVerdict NotWorse(RuleSubject subject, GateMetric metric, double margin, string other)
    {
        if (!TryInterval(metric.DifferenceLower, metric.DifferenceUpper, out var lower, out var upper))
        {
            return RuleVerdict.Inconclusive(
                $"{subject.Name} has no interval of its difference from {other}{Because(metric.NoDifferenceInterval)}"
            );
        }

        // The gain is positive where the candidate is better.
        var (worst, best) = metric.HigherIsBetter ? (lower, upper) : (-upper, -lower);
        var said = $"{Gain(subject, metric, worst, best, margin, other)}; at most {subject.Text.Margin(margin)} worse is allowed";
        return worst >= -margin ? RuleVerdict.Pass(said)
            : best < -margin ? RuleVerdict.Fail(said)
            : RuleVerdict.Inconclusive($"{said}, which the interval leaves open");
    }

    /// <summary>
    /// How much better or worse a number is, with the interval: <c>F1 (macro) is 46.7 points better than base (39.3 to 54.1)</c>.
    /// </summary>
    /// <param name="subject">The number.</param>
    /// <param name="metric">The value.</param>
    /// <param name="worst">The lower bound of the gain.</param>
    /// <param name="best">The upper bound of the gain.</param>
    /// <param name="margin">The loss that the bounds are compared with.</param>
    /// <param name="other">What it is compared with.</param>
    private static string Gain(RuleSubject subject, GateMetric metric, double worst, double best, double margin, string other)
    {
        if (metric.Difference is not { } difference || double.IsNaN(difference))
        {
            return best < 0
                ? $"{subject.Name} is {subject.Text.Bounds(-best, -worst, margin)} worse than {other}"
                : $"{subject.Name} is {subject.Text.Bounds(worst, best, -margin)} better than {other}";
        }

        return difference == 0 ? $"{subject.Name} is the same as that of {other} ({subject.Text.Bounds(worst, best, -margin)})"
            : difference > 0 == metric.HigherIsBetter
                ? $"{subject.Name} is {subject.Text.Amount(Math.Abs(difference), worst, best)} better than {other} "
                    + $"({subject.Text.Bounds(worst, best, -margin)})"
            : $"{subject.Name} is {subject.Text.Amount(Math.Abs(difference), worst, best)} worse than {other} "
                + $"({subject.Text.Bounds(-best, -worst, margin)})";
    }

    /// <summary>The bounds of an interval; false where one is undefined.</summary>
    public static bool TryInterval(double? low, double? high, out double lower, out double upper)
    {
        lower = low ?? double.NaN;
        upper = high ?? double.NaN;
        return !double.IsNaN(lower) && !double.IsNaN(upper);
    }

    private static string Value(RuleSubject subject, double value, double bound) =>
        $"{subject.Name} {subject.Text.Value(value, subject.Lower, subject.Upper, bound)}";

    private static RuleVerdict Undefined(RuleSubject subject) => RuleVerdict.Inconclusive($"{subject.Name} is undefined on these samples");
}
