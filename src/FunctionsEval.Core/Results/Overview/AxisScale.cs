using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Results.Overview;

/// <summary>An axis for a few numbers: its ends and its ticks.</summary>
internal static class AxisScale
{
    /// <summary>From this ratio on, positive numbers without a unit are placed by their logarithm.</summary>
    private const double LogarithmicFrom = 1000;

    private const int MaxTicks = 6;

    /// <summary>An axis that holds all numbers; null without a finite one.</summary>
    /// <param name="numbers">The numbers; those that are null, NaN or infinite are left out.</param>
    /// <param name="unit">How they are read.</param>
    /// <param name="text">How they are written.</param>
    public static NumberAxis? Create(IEnumerable<double?> numbers, MetricUnit unit, NumberText text)
    {
        var known = numbers.OfType<double>().Where(double.IsFinite).ToList();
        if (known.Count == 0)
        {
            return null;
        }

        var (minimum, maximum) = (known.Min(), known.Max());
        return minimum > 0 && maximum / minimum >= LogarithmicFrom && unit is not (MetricUnit.Share or MetricUnit.Score)
            ? Logarithmic(minimum, maximum, text)
            : Linear(minimum, maximum, unit, text);
    }

    private static NumberAxis Linear(double minimum, double maximum, MetricUnit unit, NumberText text)
    {
        // What cannot be told apart gets room around it: a twentieth of the number, and at least so much that ticks differ.
        var size = Math.Max(Math.Abs(minimum), Math.Abs(maximum));
        var span = (maximum / 2) - (minimum / 2);
        var room = span > size * 1e-12 ? span / 5 : Math.Max(size, unit == MetricUnit.Share ? 1 : 0.1) / 20;
        var (least, most) = LimitsOf(unit);
        var from = Math.Max(minimum - room, Math.Min(minimum, least));
        var to = Math.Min(maximum + room, Math.Max(maximum, most));
        var step = StepOf((to / MaxTicks) - (from / MaxTicks));
        if (!double.IsFinite(step) || step <= 0 || !double.IsFinite(from) || !double.IsFinite(to))
        {
            return new NumberAxis(double.MinValue, double.MaxValue, false, []);
        }

        var digits = Math.Max(0, -(int)Math.Floor(Math.Log10(step)));
        List<AxisTick> ticks = [];
        for (var place = Math.Ceiling((from / step) - 1e-9); place <= (to / step) + 1e-9 && ticks.Count <= MaxTicks; place++)
        {
            // 3 × 0.1 is not 0.3 in binary.
            var value = Math.Clamp(digits <= 15 ? Math.Round(place * step, digits) : place * step, from, to);
            ticks.Add(new AxisTick(value, text.Tick(value, step)));
        }

        return new NumberAxis(from, to, false, ticks);
    }

    private static NumberAxis Logarithmic(double minimum, double maximum, NumberText text)
    {
        var first = (int)Math.Floor(Math.Log10(minimum) + 1e-12);
        var last = (int)Math.Ceiling(Math.Log10(maximum) - 1e-12);
        var step = Math.Max(1, (int)Math.Ceiling((last - first) / (double)(MaxTicks - 1)));
        List<AxisTick> ticks = [];
        for (var power = first; power <= last; power += step)
        {
            var value = Math.Pow(10, power);
            if (double.IsFinite(value) && value > 0)
            {
                ticks.Add(new AxisTick(value, text.Tick(value, value)));
            }
        }

        var from = Math.Pow(10, first);
        var to = Math.Pow(10, last);
        return new NumberAxis(
            from > 0 ? Math.Min(from, minimum) : minimum,
            double.IsFinite(to) ? Math.Max(to, maximum) : maximum,
            true,
            ticks
        );
    }

    /// <summary>The least and the most that a number of the unit can be; what lies beyond stays on the axis.</summary>
    private static (double Least, double Most) LimitsOf(MetricUnit unit) =>
        unit switch
        {
            MetricUnit.Share => (0, 1),
            MetricUnit.Score => (0, 100),
            MetricUnit.Plain => (double.NegativeInfinity, double.PositiveInfinity),
            _ => (0, double.PositiveInfinity),
        };

    /// <summary>1, 2 or 5 times a power of ten, at least a given one.</summary>
    private static double StepOf(double least)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        var times = least / power;
        return power
            * (
                times <= 1 ? 1
                : times <= 2 ? 2
                : times <= 5 ? 5
                : 10
            );
    }
}
