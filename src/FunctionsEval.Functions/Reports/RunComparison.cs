using FunctionsEval.Core.Runs;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>A metric of two runs beside each other.</summary>
internal sealed record MetricComparisonLine
{
    public required string Name { get; init; }

    public required string Slice { get; init; }

    public double? Left { get; init; }

    public double? Right { get; init; }

    /// <summary>Right − left; over the samples scored in both runs where they are paired.</summary>
    public double? Difference { get; init; }

    public double? DifferenceLower { get; init; }

    public double? DifferenceUpper { get; init; }

    public double? PValue { get; init; }

    public double? AdjustedPValue { get; init; }

    public string? Test { get; init; }

    public long? Gained { get; init; }

    public long? Lost { get; init; }

    public bool HigherIsBetter { get; init; }
}

/// <summary>
/// Compares the candidates of two runs. Runs of the same dataset bytes by the same metrics are paired sample by sample, with the tests that
/// a run applies to its own baseline; of others there is only the difference of the numbers, and why.
/// </summary>
internal sealed class RunComparison(RunPlans plans, RunBlobs blobs)
{
    /// <summary>Most samples that are paired while a request waits.</summary>
    private const long MostPaired = 200_000;

    /// <summary>Why two runs cannot be paired; null when they can.</summary>
    public static string? ReasonNotPaired(RunPlan left, RunPlan right, long samples)
    {
        if (left.Manifest.Dataset.ContentHash is not { } hash || right.Manifest.Dataset.ContentHash != hash)
            return "They are of different datasets.";
        if (!left.Manifest.Shards.SequenceEqual(right.Manifest.Shards))
            return "Their dataset was cut differently (row limits or shard settings differ).";
        if (Measured(left.Spec) != Measured(right.Spec))
            return "Their metrics, labels or slices differ.";
        return samples > MostPaired ? $"They have more than {MostPaired} samples; evaluate one model with the other as its baseline." : null;
    }

    /// <summary>The metrics of two runs that can be paired.</summary>
    public async Task<IReadOnlyList<MetricComparisonLine>> PairAsync(RunPlan left, RunPlan right, CancellationToken cancellationToken)
    {
        var scoreboard = right.Measurer.CreateScoreboard(hasBaseline: true);
        for (var shard = 0; shard < right.Manifest.Shards.Count; shard++)
        {
            var (one, other) = (await ReadAsync(right, shard, cancellationToken), await ReadAsync(left, shard, cancellationToken));
            foreach (var (candidate, baseline) in ShardStatistics.Pair(one, other))
                scoreboard.Add((candidate ?? baseline)!.Key, (candidate ?? baseline)!.Slices, candidate?.Words ?? [], baseline?.Words ?? []);
        }

        var lines = MetricLine.Of(scoreboard.Finish());
        var ofLeft = lines.Where(line => line.Role == Roles.Baseline).ToDictionary(line => (line.Name, line.Slice), line => line.Value);
        return
        [
            .. lines.Where(line => line.Role == Roles.Candidate).Select(line => new MetricComparisonLine
            {
                Name = line.Name,
                Slice = line.Slice,
                Left = ofLeft.GetValueOrDefault((line.Name, line.Slice)),
                Right = line.Value,
                Difference = line.Difference,
                DifferenceLower = line.DifferenceLower,
                DifferenceUpper = line.DifferenceUpper,
                PValue = line.PValue,
                AdjustedPValue = line.AdjustedPValue,
                Test = line.Test,
                Gained = line.Gained,
                Lost = line.Lost,
                HigherIsBetter = line.HigherIsBetter,
            }),
        ];
    }

    public Task<RunPlan> PlanOfAsync(string runId, int resumptions, CancellationToken cancellationToken) => plans.GetAsync(runId, resumptions, cancellationToken);

    /// <summary>What of a spec decides which numbers there are.</summary>
    private static string Measured(EvaluationSpec spec) => SpecReader.Canonical(new EvaluationSpec
    {
        Task = spec.Task,
        Model = "any",
        Labels = spec.Labels,
        PositiveLabel = spec.PositiveLabel,
        LabelProbabilities = spec.LabelProbabilities,
        Metrics = spec.Metrics,
        Slices = spec.Slices,
        Repeats = spec.Repeats,
    });

    private Task<IReadOnlyList<SampleStatistics>> ReadAsync(RunPlan plan, int shard, CancellationToken cancellationToken) =>
        blobs.ReadStatisticsAsync(plan, Roles.Candidate, shard, cancellationToken);
}
