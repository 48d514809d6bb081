namespace FunctionsEval.Core.Specs;

/// <summary>Bounds of a run.</summary>
public sealed record LimitSpec
{
    /// <summary>The highest <see cref="MaxCost"/>: costs are kept in billionths as 64-bit integers.</summary>
    public const double HighestMaxCost = 9_000_000_000;

    /// <summary>Share of rows, 0–1, that may be malformed before the run fails. Default 0.05.</summary>
    public double MaxMalformedShare { get; init; } = 0.05;

    /// <summary>Wall-clock bound of the whole run. Default one day.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The first rows of the dataset that are evaluated; null for all.</summary>
    public long? MaxRows { get; init; }

    /// <summary>
    /// Share of the samples, 0–1, that is evaluated, chosen by a hash of their ids: the same ones in every run, and a larger share holds a
    /// smaller. Default 1.
    /// </summary>
    public double SampleFraction { get; init; } = 1;

    /// <summary>
    /// What all calls of the run may cost, in the currency of the models' prices, 0 to <see cref="HighestMaxCost"/>; null for no bound.
    /// </summary>
    public double? MaxCost { get; init; }
}
