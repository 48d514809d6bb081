using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;

namespace FunctionsEval.Functions.Reports.Page;

/// <summary>The cells of numbers. Core rounds; nothing here does.</summary>
internal static class ReportText
{
    /// <summary>A number, with its interval or the reason why it has none; the reason alone where it is undefined.</summary>
    public static Cell Value(MetricValue? line)
    {
        if (line?.Value is not { } value)
        {
            return line?.Undefined is { } undefined ? new Cell(Words(undefined)) : Cell.None;
        }

        var text = TextOf(line.Name);
        return line is { Lower: { } lower, Upper: { } upper }
            ? new Cell(text.Value(value, lower, upper)) { Note = text.Interval(lower, upper) }
            : new Cell(text.Value(value)) { Note = line.NoInterval is { } none ? $"no interval: {Words(none)}" : null };
    }

    /// <summary>A difference with its interval, marked where it says something.</summary>
    public static Cell Difference(MetricValue line)
    {
        if (line.Difference is not { } difference)
        {
            return Cell.None;
        }

        var (text, reading) = (TextOf(line.Name), line.Reading is { } said ? ReadingWords.TextOf(said) : null);
        var (lower, upper) = (line.DifferenceLower, line.DifferenceUpper);
        var interval =
            lower is { } from && upper is { } to ? text.Bounds(from, to)
            : line.NoDifferenceInterval is { } none ? $"no interval: {Words(none)}"
            : null;
        return new Cell(text.Difference(difference, lower, upper), ClassOf(line.Reading))
        {
            Note = string.Join(", ", new[] { interval, reading }.OfType<string>()),
        };
    }

    /// <summary>The p-value that a reader looks at: corrected within its family, where the number is of one.</summary>
    public static Cell PValue(MetricValue line) => PValue(line.AdjustedPValue ?? line.PValue, line.PValueIsBound);

    /// <summary>A difference in a sentence: <c>+3.4 points (1.2 to 5.6), p = 0.003, better</c>.</summary>
    /// <param name="difference">The difference.</param>
    /// <param name="hasInterval">Whether there is room for its interval.</param>
    public static string Change(DifferenceFigure difference, bool hasInterval = true) =>
        difference.Text
        + (hasInterval && difference.IntervalText is { } interval ? $" ({interval})" : "")
        + string.Concat(new[] { difference.PText, difference.ReadingText }.OfType<string>().Select(part => $", {part}"));

    /// <summary>A p-value.</summary>
    public static Cell PValue(double? p, bool? isBound) => p is { } value ? NumberText.PValue(value, isBound == true) : Cell.None;

    /// <summary>The texts of a metric's numbers.</summary>
    public static NumberText TextOf(string name) => new(MetricWords.Find(name).Unit);

    public static Cell Count(long? count) => count is { } known ? NumberText.Count(known) : Cell.None;

    /// <summary>A reason in the words of its name.</summary>
    public static string Words(string reason) => reason.Replace('_', ' ');

    /// <summary>A number as a table calls it: in words, then as specs write it.</summary>
    public static Cell NameOf(MetricValue line)
    {
        var words = MetricWords.Find(line.Name);
        return new Cell(words.In(line.Slice)) { Note = line.HigherIsBetter ? line.Name : $"{line.Name}, less is better" };
    }

    /// <summary>A verdict as a table shows it.</summary>
    public static Cell Verdict(VerdictResult? verdict) =>
        verdict is { } result
            ? new Cell($"{VerdictView.SignOf(result)} {VerdictNames.NameOf(result)}", VerdictNames.NameOf(result))
            : Cell.None;

    /// <summary>The class of a difference that decides something; null for any other.</summary>
    public static string? ClassOf(MetricReading? reading) =>
        reading switch
        {
            MetricReading.Better => "better",
            MetricReading.Worse => "worse",
            _ => null,
        };
}
