using System.Globalization;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports;

/// <summary>How a run compares with the previous completed run of its suite with the same model.</summary>
internal sealed record PreviousSummary
{
    public required string RunId { get; init; }

    /// <summary>Its model: of a template, another one than this run's.</summary>
    public required string Model { get; init; }

    /// <summary>Its dataset.</summary>
    public required string Dataset { get; init; }

    /// <summary>Why the two runs are not paired; null when they are.</summary>
    public string? NotPaired { get; init; }

    /// <summary>Why nothing is decided although they are paired; null otherwise.</summary>
    public string? Undecided { get; init; }

    /// <summary>How their samples belong together; null when they are not paired.</summary>
    public PairingCounts? Pairing { get; init; }

    /// <summary>How many samples changed sides; null when it is not known.</summary>
    public FlipCounts? Flips { get; init; }

    /// <summary>The headline numbers of both.</summary>
    public IReadOnlyList<PreviousNumber> Headline { get; init; } = [];

    /// <summary>
    /// What clearly got worse: headline numbers, classes and slices, each within its family; the headline first, then the largest
    /// difference.
    /// </summary>
    public IReadOnlyList<PreviousNumber> Fell { get; init; } = [];

    /// <summary>What a paired comparison says.</summary>
    public PreviousSummary With(RunPairing pairing, int replicates)
    {
        var known = pairing.Lines.Select(line => line.Name).ToHashSet(StringComparer.Ordinal);
        var recalls = MetricReadings.Apply(pairing.Recalls, new HashSet<(string Name, string Slice)>(), replicates);
        List<MetricLine> all = [.. pairing.Lines, .. recalls.Where(recall => !known.Contains(recall.Name))];
        var before = all.Where(line => line.Role == Roles.Baseline).ToDictionary(line => (line.Name, line.Slice), line => line.Value);
        List<MetricLine> now = [.. all.Where(line => line.Role == Roles.Candidate)];
        PreviousNumber NumberOf(MetricLine line) => PreviousNumber.Of(line, before.GetValueOrDefault((line.Name, line.Slice)));
        return this with
        {
            Undecided = pairing.Undecided,
            Pairing = pairing.Counts,
            Flips = pairing.Flips,
            Headline = [.. now.Where(line => line.Kind == MetricKind.Headline).Select(NumberOf)],
            Fell =
            [
                .. now.Where(line => line.Reading is MetricReading.Worse or MetricReading.ToLookAt && MetricReadings.GainOf(line) < 0)
                    .OrderBy(line => line.Kind == MetricKind.Headline ? 0 : 1)
                    .ThenBy(MetricReadings.GainOf)
                    .ThenBy(line => line.Name, StringComparer.Ordinal)
                    .ThenBy(line => line.Slice, StringComparer.Ordinal)
                    .Select(NumberOf),
            ],
        };
    }

    /// <summary>What a reader has to know of what got worse; null for nothing.</summary>
    public string? Warning()
    {
        const int Named = 5;
        if (Fell.Count == 0)
        {
            return null;
        }

        var what = string.Join("; ", Fell.Take(Named).Select(number => number.ToString()));
        var more =
            Fell.Count > Named ? string.Create(CultureInfo.InvariantCulture, $"; and {Fell.Count - Named} more in summary.json") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Worse than in the previous run {RunId}, over {Pairing!.Paired} samples that both have: {what}{more}. Compare the two runs and look at the samples that flipped before this model is used."
        );
    }
}

/// <summary>A number of two runs beside each other.</summary>
internal sealed record PreviousNumber
{
    public required string Name { get; init; }

    public required string Slice { get; init; }

    public required MetricKind? Kind { get; init; }

    public required MetricReading? Reading { get; init; }

    /// <summary>The previous run's.</summary>
    public required double? Previous { get; init; }

    /// <summary>This run's.</summary>
    public required double? Value { get; init; }

    /// <summary>This run's − the previous one's, over the samples that both have.</summary>
    public required double? Difference { get; init; }

    public double? DifferenceLower { get; init; }

    public double? DifferenceUpper { get; init; }

    public double? PValue { get; init; }

    /// <summary>The p-value after Holm's correction within the number's family; null where it has none.</summary>
    public double? AdjustedPValue { get; init; }

    /// <summary>Whether the p-values are upper bounds.</summary>
    public bool? PValueIsBound { get; init; }

    public long? Gained { get; init; }

    public long? Lost { get; init; }

    public required bool HigherIsBetter { get; init; }

    public static PreviousNumber Of(MetricLine line, double? previous) =>
        new()
        {
            Name = line.Name,
            Slice = line.Slice,
            Kind = line.Kind,
            Reading = line.Reading,
            Previous = previous,
            Value = line.Value,
            Difference = line.Difference,
            DifferenceLower = line.DifferenceLower,
            DifferenceUpper = line.DifferenceUpper,
            PValue = line.PValue,
            AdjustedPValue = line.AdjustedPValue,
            PValueIsBound = line.PValueIsBound,
            Gained = line.Gained,
            Lost = line.Lost,
            HigherIsBetter = line.HigherIsBetter,
        };

    /// <summary>The number as a sentence has it: <c>recall[billing] 0.85 → 0.35 (adjusted p &lt; 0.001)</c>.</summary>
    public override string ToString()
    {
        var slice = Slice == MetricReport.AllSamples ? "" : $" ({Slice})";
        var p =
            AdjustedPValue is { } adjusted ? $" (adjusted p {PValueText.Of(adjusted, PValueIsBound == true)})"
            : PValue is { } single ? $" (p {PValueText.Of(single, PValueIsBound == true)})"
            : "";
        return $"{Name}{slice} {Text(Previous)} → {Text(Value)}{p}";
    }

    private static string Text(double? value) => value?.ToString("0.####", CultureInfo.InvariantCulture) ?? "–";
}
