using System.Globalization;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text;
using Azure;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Reports.Samples;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Merging;

/// <summary>
/// Merges all shards of a run: it reads what ranges of them were merged to while others were still evaluated, merges the ranges that were
/// not, and adds everything up in shard order. Memory depends on the ranges that are held at once, not on the dataset.
/// </summary>
/// <param name="plan">The run.</param>
/// <param name="blobs">The runs' blobs.</param>
/// <param name="sampleBlobs">The blobs of samples.</param>
internal sealed class RunMerger(RunPlan plan, RunBlobs blobs, SampleBlobs sampleBlobs)
{
    /// <summary>Ranges that are read or merged ahead.</summary>
    private const int Ahead = 4;

    private readonly ShardScores _scores = new(blobs, plan);

    private RunManifest Manifest => plan.Manifest;

    /// <summary>
    /// The name under which a run's ranges are kept. It is another one after each planning and resumption, and for other metrics, so that
    /// nothing is used that was merged before a shard changed.
    /// </summary>
    public static string VersionOf(RunPlan plan) =>
        Convert.ToHexStringLower(
            XxHash128.Hash(
                Encoding.UTF8.GetBytes(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{plan.Planning}|{plan.Measurer.Layout}|{MergedShards.Form}|{CodeVersion.Current}"
                    )
                )
            )
        );

    /// <summary>Merges the run's shards, and writes <c>samples.jsonl</c> with its index unless that is there.</summary>
    /// <param name="size">Shards of a range.</param>
    /// <param name="version">The <see cref="VersionOf"/> kept ranges; null to merge all of them.</param>
    /// <param name="models">The models.</param>
    /// <param name="samplesVersion">The ETag of the <c>samples.jsonl</c> that may be replaced, empty for none; null to write none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="use">What is done with the run's sums while the samples are committed.</param>
    /// <returns>The run's sums; null where somebody else has written other samples meanwhile.</returns>
    public async Task<MergedRun?> MergeAsync(
        int size,
        string? version,
        ModelRegistry models,
        string? samplesVersion,
        CancellationToken cancellationToken,
        Func<MergedRun, Task>? use = null
    )
    {
        try
        {
            return await TryMergeAsync(size, version, models, samplesVersion, use, cancellationToken);
        }
        catch (RequestFailedException gone) when (gone.ErrorCode == StagedBlob.BlocksAreGone)
        {
            // Somebody else has committed the samples, which removes the blocks that others have staged.
            return await TryMergeAsync(size, version: null, models, samplesVersion, use, cancellationToken);
        }
        catch (RequestFailedException other) when (other.ErrorCode is "ConditionNotMet" or "BlobAlreadyExists")
        {
            return null;
        }
    }

    private async Task<MergedRun?> TryMergeAsync(
        int size,
        string? version,
        ModelRegistry models,
        string? samplesVersion,
        Func<MergedRun, Task>? use,
        CancellationToken cancellationToken
    )
    {
        var sum = new Sum(plan, models, _scores);
        using var samples = samplesVersion is null ? null : blobs.StageSamples(Manifest.RunId);
        using var index = samples is null
            ? null
            : new SampleIndexWriter(sampleBlobs, Manifest.RunId, _scores.Scorer.Numbers, _scores.ComparesTexts);
        await foreach (var range in ReadAsync(size, version, samples is not null, cancellationToken))
        {
            var indexed = index is null ? Task.CompletedTask : Task.Run(() => AddAsync(index, range, cancellationToken), cancellationToken);
            samples?.Add(range.Blocks);
            sum.Add(range);
            if (range.Scoreboard.IsEmpty)
            {
                await blobs.AddUpAsync(plan, sum.Scoreboard, range.First, range.Count, cancellationToken);
            }

            await indexed;
        }

        var run = sum.Finish();
        var used = use is null ? Task.CompletedTask : Task.Run(() => use(run), cancellationToken);
        if (samples is not null)
        {
            var etag = await samples.CommitAsync(cancellationToken, version: samplesVersion);
            await index!.CommitAsync(new SampleFile(Manifest.RunId, etag, sum.Bytes), cancellationToken);
        }

        await used;
        return run;
    }

    private Task AddAsync(SampleIndexWriter index, MergedShards range, CancellationToken cancellationToken) =>
        MergedRows.AddToAsync(index, range.Rows, _scores.Scorer.Numbers.Count, cancellationToken);

    /// <summary>The ranges in shard order.</summary>
    private async IAsyncEnumerable<MergedShards> ReadAsync(
        int size,
        string? version,
        bool stagesSamples,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var merger = new ShardMerger(plan, blobs, stagesSamples);
        var kept = new Queue<Task<MergedShards?>>();
        var ranges = new Queue<Task<MergedShards>>();
        var (asked, first, lines) = (0, 0, (long)Manifest.HeaderLines);
        while (first < Manifest.Shards.Count || ranges.Count > 0)
        {
            while (first < Manifest.Shards.Count && ranges.Count < Ahead)
            {
                for (; asked < Manifest.Shards.Count && kept.Count < Ahead; asked += size)
                {
                    kept.Enqueue(FindAsync(version, asked, cancellationToken));
                }

                var (start, count, before) = (first, Math.Min(size, Manifest.Shards.Count - first), lines);
                if (await kept.Dequeue() is { } found)
                {
                    lines += found.Lines;
                    ranges.Enqueue(Task.FromResult(found));
                }
                else
                {
                    lines += await merger.CountLinesAsync(start, count, cancellationToken);
                    ranges.Enqueue(Task.Run(() => merger.MergeAsync(start, count, before, cancellationToken), cancellationToken));
                }

                first += size;
            }

            yield return await ranges.Dequeue();
        }
    }

    private async Task<MergedShards?> FindAsync(string? version, int first, CancellationToken cancellationToken) =>
        version is not null && await blobs.FindMergedAsync(Manifest.RunId, version, first, cancellationToken) is { } kept
            ? MergedShards.Read(kept)
            : null;

    /// <summary>The sums while ranges are added.</summary>
    private sealed class Sum(RunPlan plan, ModelRegistry models, ShardScores scores)
    {
        private readonly IReadOnlyList<RoleTotals> _roles = RunTotals.CreateRoles(plan, models);
        private readonly HighlightLines _highlights = HighlightLines.Create(plan, scores);
        private readonly DuplicateIds _duplicates = new();

        public Scoreboard Scoreboard { get; } = plan.Measurer.CreateScoreboard(plan.Manifest.Roles.Count > 1);

        public long Bytes { get; private set; }

        public void Add(MergedShards range)
        {
            foreach (var (totals, added) in _roles.Zip(range.Totals))
            {
                totals.Add(added, linesBefore: 0, RunTotals.ExamplesShown);
            }

            Bytes += range.Bytes;
            MergedIds.AddTo(_duplicates, range.Ids);
            foreach (var line in range.Highlights)
            {
                _highlights.Add(line);
            }

            if (!range.Scoreboard.IsEmpty)
            {
                Scoreboard.Merge(new BinaryData(range.Scoreboard).ToStream());
            }
        }

        public MergedRun Finish() => new(RunTotals.Create(plan, _roles, models), Scoreboard, _duplicates, _highlights.Lines);
    }
}

/// <summary>What all shards of a run add up to.</summary>
/// <param name="Totals">Their totals.</param>
/// <param name="Scoreboard">Their contributions to the metrics.</param>
/// <param name="Duplicates">Samples whose id an earlier one has.</param>
/// <param name="Highlights">The samples that a report may show, in dataset order.</param>
internal sealed record MergedRun(RunTotals Totals, Scoreboard Scoreboard, DuplicateIds Duplicates, IReadOnlyList<HighlightLine> Highlights);
