using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Results.Overview;

/// <summary>Puts the texts that people read beside numbers.</summary>
internal static class FigureTexts
{
    /// <summary>A number with its texts.</summary>
    /// <param name="text">How it is written.</param>
    /// <param name="line">The number.</param>
    /// <param name="apart">Numbers that it is compared with.</param>
    public static NumberFigure Figure(NumberText text, MetricValue line, params ReadOnlySpan<double> apart) =>
        line.Value is { } value ? Figure(text, value, line.Lower, line.Upper, apart) : Undefined(line.Undefined);

    /// <summary>A number with its texts.</summary>
    /// <param name="text">How it is written.</param>
    /// <param name="value">The number; null or NaN where it is undefined.</param>
    /// <param name="lower">Lower bound of its interval; null without one.</param>
    /// <param name="upper">Upper bound of its interval; null without one.</param>
    /// <param name="apart">Numbers that it is compared with.</param>
    public static NumberFigure Figure(NumberText text, double? value, double? lower, double? upper, params ReadOnlySpan<double> apart) =>
        value is not { } known || double.IsNaN(known)
            ? Undefined(null)
            : new NumberFigure(text.Value(known, lower, upper, apart))
            {
                Value = known,
                Lower = lower,
                Upper = upper,
                IntervalText = lower is { } from && upper is { } to ? text.Interval(from, to, apart) : null,
            };

    /// <summary>A number that is undefined: its reason, never 0.</summary>
    /// <param name="reason">The reason's written name; null where it is not known.</param>
    public static NumberFigure Undefined(string? reason) => new(reason is null ? "undefined" : $"undefined ({Words(reason)})");

    /// <summary>The candidate's difference from the baseline; null where there is none.</summary>
    /// <param name="text">How it is written.</param>
    /// <param name="line">The candidate's number.</param>
    public static DifferenceFigure? Difference(NumberText text, MetricValue line) =>
        line.Difference is { } difference && !double.IsNaN(difference)
            ? Difference(
                text,
                difference,
                (line.DifferenceLower, line.DifferenceUpper),
                (line.AdjustedPValue ?? line.PValue, line.PValueIsBound == true),
                line.Reading,
                line.NoDifferenceInterval
            )
            : null;

    /// <summary>The difference of two runs; null where there is none.</summary>
    /// <param name="text">How it is written.</param>
    /// <param name="number">The number of both.</param>
    public static DifferenceFigure? Difference(NumberText text, MetricComparison number) =>
        number.Difference is { } difference && !double.IsNaN(difference)
            ? Difference(
                text,
                difference,
                (number.DifferenceLower, number.DifferenceUpper),
                (number.AdjustedPValue ?? number.PValue, number.PValueIsBound == true),
                number.Reading,
                number.NoDifferenceInterval
            )
            : null;

    /// <summary>A reason's written name as words.</summary>
    public static string Words(string reason) => reason.Replace('_', ' ');

    private static DifferenceFigure Difference(
        NumberText text,
        double difference,
        (double? Lower, double? Upper) interval,
        (double? Value, bool IsBound) p,
        MetricReading? reading,
        string? noInterval
    ) =>
        new(text.Difference(difference, interval.Lower, interval.Upper))
        {
            Value = difference,
            Lower = interval.Lower,
            Upper = interval.Upper,
            IntervalText = interval is ({ } from, { } to) ? text.Bounds(from, to) : null,
            PText = p.Value is { } value && !double.IsNaN(value) ? NumberText.PValue(value, p.IsBound, MetricReadings.Alpha) : null,
            Reading = reading,
            ReadingText = reading is { } read ? ReadingWords.TextOf(read) : null,
            NoInterval = noInterval is null ? null : Words(noInterval),
        };
}
