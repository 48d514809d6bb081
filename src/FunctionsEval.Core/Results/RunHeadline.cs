using System.Text.Json.Serialization;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results.Overview;

namespace FunctionsEval.Core.Results;

/// <summary>
/// A run's first headline number, as lists of runs show it: columns of its row. The texts follow from the numbers. Of a group it is that of
/// its first recommended candidate, else of its first.
/// </summary>
public sealed record RunHeadline
{
    /// <summary>Name of the number, for example <c>f1_macro</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its slice, "all" for every sample.</summary>
    public string Slice { get; init; } = Scoring.MetricReport.AllSamples;

    /// <summary>The number; null where it is undefined.</summary>
    public double? Value { get; init; }

    /// <summary>Lower bound of the interval; null without one.</summary>
    public double? Lower { get; init; }

    /// <summary>Upper bound of the interval; null without one.</summary>
    public double? Upper { get; init; }

    /// <summary>Candidate − baseline; null without one.</summary>
    public double? Difference { get; init; }

    /// <summary>Lower bound of the difference's interval; null without one.</summary>
    public double? DifferenceLower { get; init; }

    /// <summary>Upper bound of the difference's interval; null without one.</summary>
    public double? DifferenceUpper { get; init; }

    /// <summary>The p-value, corrected within its family; null without one.</summary>
    public double? PValue { get; init; }

    /// <summary>Whether the p-value is only an upper bound; null where it is not.</summary>
    public bool? PValueIsBound { get; init; }

    /// <summary>What the difference says; null where it decides nothing.</summary>
    public MetricReading? Reading { get; init; }

    /// <summary>Whether more is better.</summary>
    public bool HigherIsBetter { get; init; } = true;

    /// <summary>How the number is read.</summary>
    public MetricUnit Unit => Words.Unit;

    /// <summary>What people read: <c>F1 (macro)</c>.</summary>
    public string Label => Words.In(Slice);

    /// <summary>The number: <c>92.3 %</c>.</summary>
    public string Text => FigureTexts.Figure(Writer, Value, Lower, Upper).Text;

    /// <summary>The interval: <c>91.3 to 93.2 %</c>; null without one.</summary>
    public string? IntervalText => FigureTexts.Figure(Writer, Value, Lower, Upper).IntervalText;

    /// <summary>The difference: <c>+79.2 points</c>; null without one.</summary>
    public string? DifferenceText => Difference is { } difference ? Writer.Difference(difference, DifferenceLower, DifferenceUpper) : null;

    /// <summary>The difference's interval: <c>77.7 to 80.7</c>; null without one.</summary>
    public string? DifferenceIntervalText =>
        DifferenceLower is { } lower && DifferenceUpper is { } upper ? Writer.Bounds(lower, upper) : null;

    /// <summary>The p-value: <c>p &lt; 0.001</c>; null without one.</summary>
    public string? PText => PValue is { } p ? NumberText.PValue(p, PValueIsBound == true, MetricReadings.Alpha) : null;

    /// <summary>What the reading is in words; null without one.</summary>
    public string? ReadingText => Reading is { } reading ? ReadingWords.TextOf(reading) : null;

    /// <summary>The currency of money in texts; null where it is not known.</summary>
    [JsonIgnore]
    public string? Currency { get; init; }

    private MetricWords Words => MetricWords.Find(Name);

    private NumberText Writer => new(Words.Unit, Currency);

    /// <summary>The first headline number of a run; null where it has none.</summary>
    /// <param name="summary">The run's summary.</param>
    public static RunHeadline? From(RunSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        var line = OverviewFacts.FindFirst(summary);
        return line is null
            ? null
            : new RunHeadline
            {
                Name = line.Name,
                Slice = line.Slice,
                Value = line.Value,
                Lower = line.Lower,
                Upper = line.Upper,
                Difference = line.Difference,
                DifferenceLower = line.DifferenceLower,
                DifferenceUpper = line.DifferenceUpper,
                PValue = line.AdjustedPValue ?? line.PValue,
                PValueIsBound = line.PValueIsBound,
                Reading = line.Reading,
                HigherIsBetter = line.HigherIsBetter,
            };
    }
}
