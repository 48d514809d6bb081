using FunctionsEval.Core.OptionReading.Fields;
using FunctionsEval.Core.Specs.Fields;

namespace FunctionsEval.Core.Specs;

/// <summary>Bounds of a run.</summary>
public sealed record LimitSpec
{
    /// <summary>The highest <see cref="MaxCost"/>: costs are kept in billionths as 64-bit integers.</summary>
    public const double HighestMaxCost = 9_000_000_000;

    /// <summary>Share of rows, 0–1, that may be malformed before the run fails. Default 0.05.</summary>
    [NumberField(Minimum = 0, Maximum = 1)]
    [Example(0.02)]
    public double MaxMalformedShare { get; init; } = 0.05;

    /// <summary>
    /// Wall-clock bound of the whole run, at most 30 days: <c>hh:mm:ss</c> (<c>"36:00:00"</c>), <c>d.hh:mm:ss</c> or ISO 8601 without
    /// years and months (<c>"PT36H"</c>). Default one day.
    /// </summary>
    [DurationField]
    [Example("02:00:00")]
    public TimeSpan Deadline { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The first rows of the dataset that are evaluated; null for all.</summary>
    [IntegerField(Minimum = 1, Written = Written.UnlessDefault)]
    [Example(1000)]
    public long? MaxRows { get; init; }

    /// <summary>
    /// Share of the samples that is evaluated, more than 0 and at most 1, chosen by a hash of their ids: the same ones in every run, and
    /// a larger share holds a smaller. Default 1.
    /// </summary>
    [NumberField(Minimum = 0, Maximum = 1, ExcludesMinimum = true, Written = Written.UnlessDefault)]
    [Example(0.1)]
    public double SampleFraction { get; init; } = 1;

    /// <summary>
    /// What all calls may cost, baseline and judges included, in the currency of the models' prices (which it needs), 0–9,000,000,000;
    /// null for no bound. See <see href="#cost-ceiling">Cost ceiling</see>.
    /// </summary>
    [NumberField(Minimum = 0, Maximum = HighestMaxCost, Written = Written.UnlessDefault)]
    [Example(5)]
    public double? MaxCost { get; init; }
}
