using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results.Overview;

namespace FunctionsEval.Core.Results;

/// <summary>One number of two runs beside each other, with the texts that people read.</summary>
public sealed record ComparedNumber
{
    /// <summary>Name of the number, for example <c>f1_macro</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The slice, "all" for every sample, otherwise <c>tag=value</c>.</summary>
    public required string Slice { get; init; }

    /// <summary>What a sentence calls it: <c>Recall of card_arrival in language=de</c>.</summary>
    public required string Label { get; init; }

    /// <summary>What the number is of: <c>average</c>, <c>class</c> or <c>slice</c>.</summary>
    public required string Group { get; init; }

    /// <summary>The left run's number: <c>92.3 %</c>.</summary>
    public required string Left { get; init; }

    /// <summary>The right run's number.</summary>
    public required string Right { get; init; }

    /// <summary>Right − left with its sign: <c>+3.4 points</c>; null where there is none.</summary>
    public string? Difference { get; init; }

    /// <summary>The difference's interval without the unit: <c>2.1 to 4.7</c>; null without one.</summary>
    public string? Interval { get; init; }

    /// <summary>The p-value, corrected within its family: <c>p &lt; 0.001</c>; null without one.</summary>
    public string? PValue { get; init; }

    /// <summary>What the difference says in words; null where it decides nothing.</summary>
    public string? Reading { get; init; }

    /// <summary>Writes a number of a comparison.</summary>
    /// <param name="number">The number.</param>
    public static ComparedNumber From(MetricComparison number)
    {
        ArgumentNullException.ThrowIfNull(number);
        var words = MetricWords.Find(number.Name);
        var text = new NumberText(words.Unit);
        return new ComparedNumber
        {
            Name = number.Name,
            Slice = number.Slice,
            Label = words.In(number.Slice),
            Group = MetricWords.GroupOf(number.Name, number.Slice),
            Left = TextOf(text, number.Left, number.Right),
            Right = TextOf(text, number.Right, number.Left),
            Difference = Known(number.Difference) is { } difference
                ? text.Difference(difference, number.DifferenceLower, number.DifferenceUpper)
                : null,
            Interval = number is { DifferenceLower: { } lower, DifferenceUpper: { } upper } ? text.Bounds(lower, upper) : null,
            PValue = Known(number.AdjustedPValue ?? number.PValue) is { } p
                ? NumberText.PValue(p, number.PValueIsBound == true, MetricReadings.Alpha)
                : null,
            Reading = number.Reading is { } reading ? ReadingWords.TextOf(reading) : null,
        };
    }

    private static string TextOf(NumberText text, double? value, double? other) =>
        Known(value) is not { } known ? "undefined"
        : Known(other) is { } apart ? text.Value(known, null, null, apart)
        : text.Value(known);

    private static double? Known(double? value) => value is { } known && !double.IsNaN(known) ? known : null;
}
