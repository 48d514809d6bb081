using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>What each sample of a run adds up to by itself, from the statistics that its shards kept.</summary>
/// <param name="blobs">The runs' blobs.</param>
/// <param name="plan">The run.</param>
internal sealed class ShardScores(RunBlobs blobs, RunPlan plan)
{
    /// <summary>Computes a sample's numbers.</summary>
    public SampleScorer Scorer { get; } = new(plan.Measurer.Metrics);

    /// <summary>A sample without any number.</summary>
    public static (AnswerNumbers Candidate, AnswerNumbers Baseline) Nothing(int numbers)
    {
        var nothing = new AnswerNumbers(Enumerable.Repeat(double.NaN, numbers).ToArray(), IsRight: null);
        return (nothing, nothing);
    }

    /// <summary>All samples in the order of <c>samples.jsonl</c>.</summary>
    public async IAsyncEnumerable<(AnswerNumbers Candidate, AnswerNumbers Baseline)> ReadAsync()
    {
        for (var shard = 0; shard < plan.Manifest.Shards.Count; shard++)
        {
            var (candidate, baseline) = await ReadShardAsync(shard, CancellationToken.None);
            foreach (var ordinal in candidate.Keys.Union(baseline.Keys).Order())
            {
                yield return (ScoresOf(candidate, ordinal), ScoresOf(baseline, ordinal));
            }
        }
    }

    /// <summary>The statistics of a shard by the samples' positions.</summary>
    public async Task<(Dictionary<int, long[]> Candidate, Dictionary<int, long[]> Baseline)> ReadShardAsync(
        int shard,
        CancellationToken cancellationToken
    )
    {
        var candidate = ReadAsync(Roles.Candidate, shard, cancellationToken);
        var baseline =
            plan.Manifest.Roles.Count > 1
                ? ReadAsync(Roles.Baseline, shard, cancellationToken)
                : Task.FromResult(new Dictionary<int, long[]>());
        return (await candidate, await baseline);
    }

    /// <summary>The numbers of a sample's answer.</summary>
    /// <param name="statistics">The statistics of the shard.</param>
    /// <param name="ordinal">The sample's position in it.</param>
    public AnswerNumbers ScoresOf(Dictionary<int, long[]> statistics, int ordinal)
    {
        var scores = new double[Scorer.Numbers.Count];
        Scorer.Score(statistics.GetValueOrDefault(ordinal, []), scores);
        return new AnswerNumbers(scores, Scorer.FindRight(scores));
    }

    private async Task<Dictionary<int, long[]>> ReadAsync(string role, int shard, CancellationToken cancellationToken)
    {
        var samples = await blobs.ReadStatisticsAsync(plan, role, shard, cancellationToken);
        return samples.ToDictionary(sample => sample.Ordinal, sample => sample.Words);
    }
}
