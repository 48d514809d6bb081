using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>What each sample of a run adds up to by itself, from the statistics that its shards kept.</summary>
/// <param name="blobs">The runs' blobs.</param>
/// <param name="plan">The run.</param>
internal sealed class ShardScores(RunBlobs blobs, RunPlan plan)
{
    private (int Shard, ILookup<(ulong, int), long[]> Candidate, ILookup<(ulong, int), long[]> Baseline)? _read;

    /// <summary>
    /// Whether an answer that equals a reference is right where no metric says: not of free texts, of which one may be better than another
    /// but none is right.
    /// </summary>
    public bool ComparesTexts { get; } = !plan.Spec.Task.Subjects.HasFlag(MetricSubjects.Preference);

    /// <summary>Computes a sample's numbers.</summary>
    public SampleScorer Scorer { get; } = new(plan.Measurer.Metrics);

    /// <summary>
    /// The numbers of a sample of <c>samples.jsonl</c>, whose samples are asked for in their order. The statistics can be newer than the
    /// file, of a run that is being resumed, so a sample is found by what it is and not by its position.
    /// </summary>
    public async Task<(AnswerNumbers Candidate, AnswerNumbers Baseline)> FindAsync(SampleResult sample)
    {
        var shard = plan.Manifest.Shards.Index().LastOrDefault(shard => shard.Item.Start <= sample.Offset).Index;
        if (_read is not { } read || read.Shard != shard)
        {
            _read = read = (
                shard,
                ByPlace(await ReadAsync(Roles.Candidate, shard)),
                plan.Manifest.Roles.Count > 1 ? ByPlace(await ReadAsync(Roles.Baseline, shard)) : ByPlace([])
            );
        }

        var (key, answer) = ((Scoreboard.SampleKey(sample.RowId, sample.Offset), sample.Turn ?? 0), Math.Max(0, (sample.Repeat ?? 1) - 1));
        return (ScoresOf(read.Candidate[key].ElementAtOrDefault(answer)), ScoresOf(read.Baseline[key].ElementAtOrDefault(answer)));
    }

    /// <summary>An answer's numbers.</summary>
    /// <param name="words">Its statistics; null where there are none.</param>
    public AnswerNumbers ScoresOf(long[]? words)
    {
        var scores = new double[Scorer.Numbers.Count];
        Scorer.Score(words ?? [], scores);
        return new AnswerNumbers(scores, Scorer.FindRight(scores));
    }

    private Task<IReadOnlyList<SampleStatistics>> ReadAsync(string role, int shard) =>
        blobs.ReadStatisticsAsync(plan, role, shard, CancellationToken.None);

    /// <summary>The answers to a sample stand together, in their order.</summary>
    private static ILookup<(ulong Key, int Turn), long[]> ByPlace(IReadOnlyList<SampleStatistics> samples) =>
        samples.ToLookup(sample => (sample.Key, sample.Turn), sample => sample.Words);
}
