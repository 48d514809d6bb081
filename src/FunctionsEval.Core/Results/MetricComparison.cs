namespace FunctionsEval.Core.Results;

/// <summary>One number of two runs beside each other: the left, or previous, run's and the right, or present, run's.</summary>
public sealed record MetricComparison
{
    /// <summary>Name of the number, for example <c>f1_macro</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The slice, "all" for every sample, otherwise <c>tag=value</c>.</summary>
    public required string Slice { get; init; }

    /// <summary>The number's role in the comparison; null where the runs are not paired.</summary>
    public MetricKind? Kind { get; init; }

    /// <summary>What the difference says; null where nothing is decided by it.</summary>
    public MetricReading? Reading { get; init; }

    /// <summary>The left run's number; null where it is undefined.</summary>
    public double? Left { get; init; }

    /// <summary>The right run's number; null where it is undefined.</summary>
    public double? Right { get; init; }

    /// <summary>Right − left, over the samples that are scored in both runs where they are paired.</summary>
    public double? Difference { get; init; }

    /// <summary>Lower bound of the difference's paired interval.</summary>
    public double? DifferenceLower { get; init; }

    /// <summary>Upper bound of the difference's paired interval.</summary>
    public double? DifferenceUpper { get; init; }

    /// <summary>Why the difference has no interval; null when it has one, there is no difference, or the runs are not paired.</summary>
    public string? NoDifferenceInterval { get; init; }

    /// <summary>Two-sided p-value of "no difference".</summary>
    public double? PValue { get; init; }

    /// <summary>The p-value after Holm's correction within the number's family; null where it has none.</summary>
    public double? AdjustedPValue { get; init; }

    /// <summary>Whether the p-values are upper bounds, to be read as "at most"; null where they are not.</summary>
    public bool? PValueIsBound { get; init; }

    /// <summary>The test behind the p-value: <see cref="PValueText.ExactTest"/> or <see cref="PValueText.BootstrapTest"/>.</summary>
    public string? Test { get; init; }

    /// <summary>Samples that only the right run got right.</summary>
    public long? Gained { get; init; }

    /// <summary>Samples that only the left run got right.</summary>
    public long? Lost { get; init; }

    /// <summary>Whether more is better.</summary>
    public bool HigherIsBetter { get; init; }

    /// <summary>The numbers of a paired comparison, the right run's as the candidate's and the left run's as the baseline's.</summary>
    /// <param name="values">The numbers of both.</param>
    public static IReadOnlyList<MetricComparison> From(IReadOnlyList<MetricValue> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var left = values
            .Where(value => value.Role == Scoring.Roles.Baseline)
            .ToDictionary(value => (value.Name, value.Slice), value => value.Value);
        return
        [
            .. values
                .Where(value => value.Role == Scoring.Roles.Candidate)
                .Select(value => From(value, left.GetValueOrDefault((value.Name, value.Slice)))),
        ];
    }

    /// <summary>A candidate's number beside another one.</summary>
    /// <param name="right">The number, with its difference from the other.</param>
    /// <param name="left">The other; null where it is undefined.</param>
    public static MetricComparison From(MetricValue right, double? left)
    {
        ArgumentNullException.ThrowIfNull(right);
        return new MetricComparison
        {
            Name = right.Name,
            Slice = right.Slice,
            Kind = right.Kind,
            Reading = right.Reading,
            Left = left,
            Right = right.Value,
            Difference = right.Difference,
            DifferenceLower = right.DifferenceLower,
            DifferenceUpper = right.DifferenceUpper,
            NoDifferenceInterval = right.NoDifferenceInterval,
            PValue = right.PValue,
            AdjustedPValue = right.AdjustedPValue,
            PValueIsBound = right.PValueIsBound,
            Test = right.Test,
            Gained = right.Gained,
            Lost = right.Lost,
            HigherIsBetter = right.HigherIsBetter,
        };
    }
}
