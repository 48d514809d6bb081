using System.Globalization;

namespace FunctionsEval.Core.Gates.Rules;

/// <summary>Verdicts and wordings that several rules share.</summary>
internal static class RuleText
{
    /// <summary>A number as reasons show it.</summary>
    public static string Number(double value) => (value == 0 ? 0 : value).ToString("0.######", CultureInfo.InvariantCulture);

    /// <summary>Why a number is not there, in parentheses; empty when that is not known.</summary>
    public static string Because(string? reason) => reason is null ? "" : $" ({reason.Replace('_', ' ')})";

    /// <summary>Compares a value with a minimum.</summary>
    public static RuleVerdict AtLeast(string name, double value, double minimum) =>
        double.IsNaN(value) ? Undefined(name)
        : value >= minimum ? RuleVerdict.Pass($"{name} {Number(value)} is at least {Number(minimum)}")
        : RuleVerdict.Fail($"{name} {Number(value)} is below {Number(minimum)}");

    /// <summary>Compares a value with a maximum.</summary>
    public static RuleVerdict AtMost(string name, double value, double maximum) =>
        double.IsNaN(value) ? Undefined(name)
        : value <= maximum ? RuleVerdict.Pass($"{name} {Number(value)} is at most {Number(maximum)}")
        : RuleVerdict.Fail($"{name} {Number(value)} is above {Number(maximum)}");

    /// <summary>Compares the interval of a difference with the margin by which the candidate may be worse.</summary>
    /// <param name="name">The value, as reasons name it.</param>
    /// <param name="metric">The value.</param>
    /// <param name="margin">By how much it may be worse.</param>
    /// <param name="other">What it is compared with.</param>
    public static RuleVerdict NotWorse(string name, GateMetric metric, double margin, string other)
    {
        if (!TryInterval(metric.DifferenceLower, metric.DifferenceUpper, out var lower, out var upper))
        {
            return RuleVerdict.Inconclusive($"{name} has no interval of its difference from {other}{Because(metric.NoDifferenceInterval)}");
        }

        // The gain is positive where the candidate is better.
        var (worst, best) = metric.HigherIsBetter ? (lower, upper) : (-upper, -lower);
        var limit = metric.HigherIsBetter ? -margin : margin;
        var interval = $"the interval {Number(lower)}…{Number(upper)} of {name}'s difference from {other}";
        return worst >= -margin ? RuleVerdict.Pass($"{interval} is no worse than {Number(limit)}")
            : best < -margin ? RuleVerdict.Fail($"{interval} is worse than {Number(limit)}")
            : RuleVerdict.Inconclusive($"{interval} contains {Number(limit)}");
    }

    /// <summary>The bounds of an interval; false where one is undefined.</summary>
    public static bool TryInterval(double? low, double? high, out double lower, out double upper)
    {
        lower = low ?? double.NaN;
        upper = high ?? double.NaN;
        return !double.IsNaN(lower) && !double.IsNaN(upper);
    }

    private static RuleVerdict Undefined(string name) => RuleVerdict.Inconclusive($"{name} is undefined on these samples");
}
