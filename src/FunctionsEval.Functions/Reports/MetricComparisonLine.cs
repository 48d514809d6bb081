using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports;

/// <summary>A metric of two runs beside each other.</summary>
internal sealed record MetricComparisonLine
{
    public required string Name { get; init; }

    public required string Slice { get; init; }

    /// <summary>What the number is to the comparison; null where the runs are not paired.</summary>
    public MetricKind? Kind { get; init; }

    /// <summary>What the difference says; null where nothing is decided by it.</summary>
    public MetricReading? Reading { get; init; }

    public double? Left { get; init; }

    public double? Right { get; init; }

    /// <summary>Right − left; over the samples scored in both runs where they are paired.</summary>
    public double? Difference { get; init; }

    public double? DifferenceLower { get; init; }

    public double? DifferenceUpper { get; init; }

    /// <summary>Why the difference has no interval; null when it has one, there is no difference, or the runs are not paired.</summary>
    public string? NoDifferenceInterval { get; init; }

    public double? PValue { get; init; }

    /// <summary>The p-value after Holm's correction within the number's family; null where it has none.</summary>
    public double? AdjustedPValue { get; init; }

    /// <summary>Whether the p-values are upper bounds.</summary>
    public bool? PValueIsBound { get; init; }

    public string? Test { get; init; }

    public long? Gained { get; init; }

    public long? Lost { get; init; }

    public bool HigherIsBetter { get; init; }

    /// <summary>The numbers of a paired comparison, the right run's as the candidate's.</summary>
    public static IReadOnlyList<MetricComparisonLine> Of(IReadOnlyList<MetricLine> lines)
    {
        var ofLeft = lines.Where(line => line.Role == Roles.Baseline).ToDictionary(line => (line.Name, line.Slice), line => line.Value);
        return
        [
            .. lines
                .Where(line => line.Role == Roles.Candidate)
                .Select(line => new MetricComparisonLine
                {
                    Name = line.Name,
                    Slice = line.Slice,
                    Kind = line.Kind,
                    Reading = line.Reading,
                    Left = ofLeft.GetValueOrDefault((line.Name, line.Slice)),
                    Right = line.Value,
                    Difference = line.Difference,
                    DifferenceLower = line.DifferenceLower,
                    DifferenceUpper = line.DifferenceUpper,
                    NoDifferenceInterval = line.NoDifferenceInterval,
                    PValue = line.PValue,
                    AdjustedPValue = line.AdjustedPValue,
                    PValueIsBound = line.PValueIsBound,
                    Test = line.Test,
                    Gained = line.Gained,
                    Lost = line.Lost,
                    HigherIsBetter = line.HigherIsBetter,
                }),
        ];
    }
}
