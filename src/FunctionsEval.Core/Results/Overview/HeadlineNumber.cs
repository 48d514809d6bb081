using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Results.Overview;

/// <summary>A number that decides, beside the baseline's, the previous run's and what the gate asks of it.</summary>
public sealed record HeadlineNumber
{
    /// <summary>Name of the number, for example <c>f1_macro</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The slice, "all" for every sample.</summary>
    public required string Slice { get; init; }

    /// <summary>What people read: <c>F1 (macro)</c>, <c>Accuracy in language=de</c>.</summary>
    public required string Label { get; init; }

    /// <summary>How the number is read.</summary>
    public required MetricUnit Unit { get; init; }

    /// <summary>Whether more is better.</summary>
    public required bool HigherIsBetter { get; init; }

    /// <summary>Samples the number rests on.</summary>
    public required long Samples { get; init; }

    /// <summary>The number in a sentence: <c>Accuracy 92.3 %, 79.2 points better than base (77.7 to 80.7), p &lt; 0.001</c>.</summary>
    public required string Sentence { get; init; }

    /// <summary>The number of the model under test.</summary>
    public required NumberFigure Candidate { get; init; }

    /// <summary>The baseline's; null without one.</summary>
    public NumberFigure? Baseline { get; init; }

    /// <summary>Candidate − baseline; null without one.</summary>
    public DifferenceFigure? Difference { get; init; }

    /// <summary>The previous run's; null where it is not compared.</summary>
    public PreviousFigure? Previous { get; init; }

    /// <summary>The bound that the gate sets on the number; null for none.</summary>
    public HeadlineBound? Bound { get; init; }

    /// <summary>By how much the gate lets the number be worse than, or away from, the baseline's; null for none.</summary>
    public HeadlineBound? Margin { get; init; }

    /// <summary>Other numbers that say the same thing on these samples, such as <c>f1_micro</c> beside <c>accuracy</c>.</summary>
    public IReadOnlyList<string>? SameAs { get; init; }

    /// <summary>The axis on which all of it lies; null where nothing is defined.</summary>
    public NumberAxis? Axis { get; init; }

    /// <summary>Why the number has no interval; null where it has one.</summary>
    public string? NoInterval { get; init; }
}

/// <summary>A number with the texts that people read.</summary>
/// <param name="Text">The number: <c>92.3 %</c>; where it is undefined, why.</param>
public sealed record NumberFigure(string Text)
{
    /// <summary>The number; null where it is undefined.</summary>
    public double? Value { get; init; }

    /// <summary>Lower bound of the interval; null without one.</summary>
    public double? Lower { get; init; }

    /// <summary>Upper bound of the interval; null without one.</summary>
    public double? Upper { get; init; }

    /// <summary>The interval: <c>91.3 to 93.2 %</c>; null without one.</summary>
    public string? IntervalText { get; init; }
}

/// <summary>A difference with the texts that people read.</summary>
/// <param name="Text">The difference with its sign: <c>+79.2 points</c>.</param>
public sealed record DifferenceFigure(string Text)
{
    /// <summary>The difference.</summary>
    public double? Value { get; init; }

    /// <summary>Lower bound of the interval; null without one.</summary>
    public double? Lower { get; init; }

    /// <summary>Upper bound of the interval; null without one.</summary>
    public double? Upper { get; init; }

    /// <summary>The interval without the unit: <c>77.7 to 80.7</c>; null without one.</summary>
    public string? IntervalText { get; init; }

    /// <summary>The p-value, corrected within its family: <c>p &lt; 0.001</c>; null without one.</summary>
    public string? PText { get; init; }

    /// <summary>What the difference says; null where it decides nothing.</summary>
    public MetricReading? Reading { get; init; }

    /// <summary>
    /// What the reading is in words: <c>better</c>, <c>worse</c>, <c>no clear change</c>, <c>clear change</c>; null without one.
    /// </summary>
    public string? ReadingText { get; init; }

    /// <summary>Why there is no interval; null where there is one.</summary>
    public string? NoInterval { get; init; }
}

/// <summary>The previous run's number.</summary>
/// <param name="Value">The number; null where it is undefined.</param>
/// <param name="Text">As people read it.</param>
/// <param name="Difference">This run's − the previous run's, over the samples that both have; null where they are not paired.</param>
public sealed record PreviousFigure(double? Value, string Text, DifferenceFigure? Difference);

/// <summary>What the gate asks of a number.</summary>
/// <param name="Value">The bound, or the margin.</param>
/// <param name="Text">As people read it: <c>at least 88 %</c>, <c>at most 1 point worse than base</c>.</param>
/// <param name="Result">What the rule says; null where it was not decided.</param>
public sealed record HeadlineBound(double Value, string Text, VerdictResult? Result)
{
    /// <summary>
    /// Where it lies on the number's axis; of a margin the baseline's number less what it may be worse by. Null where that is not known.
    /// </summary>
    public double? Limit { get; init; }
}

/// <summary>An axis for a few numbers.</summary>
/// <param name="Minimum">Its lower end.</param>
/// <param name="Maximum">Its upper end, more than the lower.</param>
/// <param name="IsLogarithmic">Whether places are by the logarithm; both ends are then above 0.</param>
/// <param name="Ticks">Places with a text, in ascending order, at most 7.</param>
public sealed record NumberAxis(double Minimum, double Maximum, bool IsLogarithmic, IReadOnlyList<AxisTick> Ticks);

/// <summary>A place on an axis.</summary>
/// <param name="Value">Where it is.</param>
/// <param name="Text">What stands there.</param>
public sealed record AxisTick(double Value, string Text);
