using System.Globalization;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Reports.Page.Charts;

namespace FunctionsEval.Functions.Reports.Page;

/// <summary>Numbers and reasons as the page writes them.</summary>
internal static class ReportText
{
    private const int MaxTextLength = 400;

    /// <summary>Four decimals, or four digits and an exponent where decimals would not fit.</summary>
    public static string Number(double? value) =>
        value is { } number ? number.ToString(Math.Abs(number) < 1e6 ? "0.0000" : "0.000e0", CultureInfo.InvariantCulture) : Cell.None;

    public static string Signed(double? value) => value is > 0 ? "+" + Number(value) : Number(value);

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A reason in the words of its name.</summary>
    public static string Words(string reason) => reason.Replace('_', ' ');

    /// <summary>The beginning of a text.</summary>
    public static string? Beginning(string? text) => text is null || text.Length <= MaxTextLength ? text : text[..MaxTextLength] + "…";

    /// <summary>A sample, as a row is called by it.</summary>
    public static string Sample(string id, long line) => string.Create(CultureInfo.InvariantCulture, $"{id} (line {line})");

    /// <summary>A number with its interval, or with the reason why it has none; null where there is nothing to say.</summary>
    public static string? WithInterval(MetricValue line) =>
        line switch
        {
            { Value: null } => line.Undefined is { } undefined ? Words(undefined) : null,
            { Lower: { } lower, Upper: { } upper } => $"{Number(line.Value)} [{Number(lower)}, {Number(upper)}]",
            { NoInterval: { } none } => $"{Number(line.Value)} (no interval: {Words(none)})",
            _ => Number(line.Value),
        };

    /// <summary>A difference, marked where it decides something: nothing but a headline number is called better or worse.</summary>
    public static Cell Difference(MetricValue line) => new(Signed(line.Difference), ClassOf(line.Reading));

    /// <summary>The interval of a difference as a chart, or the reason why there is none.</summary>
    public static Cell IntervalOfDifference(MetricValue line) =>
        line.NoDifferenceInterval is { } none ? $"none: {Words(none)}"
        : DifferenceChart.From(line) is { } chart ? new Cell(null) { Chart = chart }
        : Cell.None;

    public static string? PValue(double? p, bool? isBound) => p is { } value ? PValueText.Format(value, isBound == true) : null;

    /// <summary>The class of a difference that decides something; null for any other.</summary>
    public static string? ClassOf(MetricReading? reading) =>
        reading switch
        {
            MetricReading.Better => "better",
            MetricReading.Worse => "worse",
            _ => null,
        };
}
