using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports.Samples;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Merging;

/// <summary>
/// Merges ranges of finished shards (<see cref="MergedShards"/>). Everything follows from their logs, statistics and states, so merging a
/// range again gives the same. While one shard is merged, the next is read.
/// </summary>
/// <param name="plan">The run.</param>
/// <param name="blobs">The runs' blobs.</param>
/// <param name="stagesSamples">Whether the lines of <c>samples.jsonl</c> are staged; false where they are there already.</param>
internal sealed class ShardMerger(RunPlan plan, RunBlobs blobs, bool stagesSamples = true)
{
    /// <summary>Blocks of one shard at most, for their places.</summary>
    private const int BlocksOfShard = 1 << 20;

    /// <summary>A scoreboard with more bytes of sums for the whole dataset is not kept: that of another range would be as large.</summary>
    private const long MaxSumBytes = 512 << 10;

    /// <summary>The same with those of all slices. An instance may merge several ranges at once.</summary>
    private const long MaxSumBytesWithSlices = 4 << 20;

    private static readonly ReadOnlyMemory<byte> NewLine = "\n"u8.ToArray();

    private readonly ShardScores _scores = new(blobs, plan);

    private RunPlan Plan => plan;

    private RunManifest Manifest => plan.Manifest;

    private bool HasBaseline => Manifest.Roles.Count > 1;

    /// <summary>Bytes of the sums of the whole dataset, or of a slice, with those in replicates.</summary>
    private long SumBytes =>
        plan.Measurer.Metrics.DistinctBy(metric => (metric.HasIntervals, metric.SumKey))
            .Sum(metric => metric.SumLength * (1L + (metric.HasIntervals ? plan.Spec.Intervals.Replicates : 0)))
        * sizeof(long)
        * Manifest.Roles.Count;

    /// <summary>Slices that a range's scoreboard may have; below 0 where ranges have none.</summary>
    private long MaxSlices => SumBytes > MaxSumBytes ? -1 : (MaxSumBytesWithSlices / Math.Max(1, SumBytes)) - 1;

    /// <summary>Physical lines of shards.</summary>
    public async Task<long> CountLinesAsync(int first, int count, CancellationToken cancellationToken)
    {
        var states = await Task.WhenAll(
            Enumerable
                .Range(first, count)
                .Select(shard => blobs.ReadShardStateAsync(Manifest.RunId, Roles.Candidate, shard, cancellationToken))
        );
        return states.Sum(state => (long)state.Lines);
    }

    /// <summary>Merges a range.</summary>
    /// <param name="first">The first shard.</param>
    /// <param name="count">How many shards.</param>
    /// <param name="linesBefore">Physical lines of the dataset before them.</param>
    /// <param name="cancellationToken">Gives up; nothing of the range is kept then.</param>
    public async Task<MergedShards> MergeAsync(int first, int count, long linesBefore, CancellationToken cancellationToken)
    {
        using var samples = stagesSamples ? blobs.StageSamples(Manifest.RunId, place: (long)first * BlocksOfShard) : null;
        using var range = new RangeSum(this, samples, linesBefore);
        var next = Task.Run(() => ReadAsync(first, cancellationToken), cancellationToken);
        for (var shard = first; shard < first + count; shard++)
        {
            var content = await next;
            var following = shard + 1;
            next = following < first + count ? Task.Run(() => ReadAsync(following, cancellationToken), cancellationToken) : next;
            await range.AddAsync(content, cancellationToken);
        }

        if (samples is not null)
        {
            await samples.FlushAsync(cancellationToken);
        }

        return range.Finish(first, count);
    }

    private async Task<ShardContent> ReadAsync(int shard, CancellationToken cancellationToken)
    {
        var roles = await Task.WhenAll(Manifest.Roles.Select(role => ReadAsync(role.Role, shard, cancellationToken)));
        return new ShardContent(roles);
    }

    private async Task<RoleContent> ReadAsync(string role, int shard, CancellationToken cancellationToken)
    {
        var state = blobs.ReadShardStateAsync(Manifest.RunId, role, shard, cancellationToken);
        var statistics = blobs.ReadStatisticsAsync(plan, role, shard, cancellationToken);
        var log = await blobs.ReadShardLogAsync(Manifest, role, shard, cancellationToken);
        return new RoleContent(
            await state,
            await statistics,
            log.Rows.Where(row => !row.Value.IsPartial).ToDictionary() // Rows that only lack their grades are left out, as in the summary.
        );
    }

    /// <summary>What one role's evaluation of a shard has left.</summary>
    private sealed record RoleContent(
        ShardState State,
        IReadOnlyList<SampleStatistics> Statistics,
        Dictionary<RowKey, EvaluatedSample> Rows
    )
    {
        private readonly Dictionary<int, long[]> _words = Statistics.ToDictionary(sample => sample.Ordinal, sample => sample.Words);

        public long[]? WordsOf(int ordinal) => _words.GetValueOrDefault(ordinal);
    }

    private sealed record ShardContent(RoleContent[] Roles)
    {
        public RoleContent Candidate => Roles[0];

        public RoleContent? Baseline => Roles.ElementAtOrDefault(1);
    }

    /// <summary>A range while it is merged.</summary>
    private sealed class RangeSum(ShardMerger merger, StagedBlob? samples, long linesBefore) : IDisposable
    {
        private readonly ShardScores _scores = merger._scores;
        private readonly long _maxSlices = merger.MaxSlices;
        private readonly HashSet<string> _slices = new(StringComparer.Ordinal);
        private readonly RoleTotals[] _totals = [.. merger.Manifest.Roles.Select(role => new RoleTotals(role.Role, model: null))];
        private readonly List<OutcomeReason>[] _reasons = [.. merger.Manifest.Roles.Select(_ => new List<OutcomeReason>())];
        private readonly HighlightLines _highlights = HighlightLines.Create(merger.Plan, merger._scores);
        private readonly MergedRows _rows = new(merger._scores.Scorer.Numbers.Count);
        private readonly MergedIds _ids = new();
        private Scoreboard? _scoreboard = merger.MaxSlices >= 0 ? merger.Plan.Measurer.CreateScoreboard(merger.HasBaseline) : null;
        private long _lines;
        private long _bytes;

        public async Task AddAsync(ShardContent shard, CancellationToken cancellationToken)
        {
            var before = linesBefore + _lines;
            foreach (var (place, role) in shard.Roles.Index())
            {
                _totals[place].Add(role.State, before, RunTotals.ExamplesShown);
                _reasons[place].AddRange(role.State.Reasons.Select(reason => reason with { Line = reason.Line + (int)before }));
            }

            AddUp(shard);
            // In a stopped run, either answer may be missing.
            foreach (var key in shard.Roles.SelectMany(role => role.Rows.Keys).Distinct().Order())
            {
                await AddAsync(shard, key, before, cancellationToken);
            }

            _lines += shard.Candidate.State.Lines;
        }

        public MergedShards Finish(int first, int count)
        {
            using var scoreboard = new MemoryStream();
            _scoreboard?.Write(scoreboard);
            return new MergedShards
            {
                First = first,
                Count = count,
                Lines = _lines,
                Bytes = _bytes,
                Blocks = samples?.Blocks ?? [],
                Totals = [.. _totals.Select((totals, place) => totals.ToState((int)_lines, _reasons[place]))],
                Highlights = _highlights.Lines,
                Scoreboard = scoreboard.ToArray(),
                Ids = _ids.ToArray(),
                Rows = _rows.ToArray(),
            };
        }

        public void Dispose()
        {
            _rows.Dispose();
            _ids.Dispose();
        }

        /// <summary>Adds to the scoreboard, unless it gets too large.</summary>
        private void AddUp(ShardContent shard)
        {
            if (_scoreboard is null)
            {
                return;
            }

            _slices.UnionWith(shard.Roles.SelectMany(role => role.Statistics).SelectMany(sample => sample.Slices));
            if (_slices.Count > _maxSlices)
            {
                _scoreboard = null;
                return;
            }

            _scoreboard.Add(shard.Candidate.Statistics, shard.Baseline?.Statistics);
        }

        private async ValueTask AddAsync(ShardContent shard, RowKey key, long before, CancellationToken cancellationToken)
        {
            var (answer, other) = (shard.Candidate.Rows.GetValueOrDefault(key), shard.Baseline?.Rows.GetValueOrDefault(key));
            var logged = (answer ?? other)!;
            if (DuplicateIds.KeyOf(logged) is { } id)
            {
                _ids.Add(id, before + logged.Line);
            }

            var sample = SampleResult.From(answer, other, before);
            var line = JsonSerializer.SerializeToUtf8Bytes(sample, ResultJson.Options);
            _bytes += line.Length + NewLine.Length;
            var one = _scores.ScoresOf(shard.Candidate.WordsOf(logged.Ordinal));
            var two = _scores.ScoresOf(shard.Baseline?.WordsOf(logged.Ordinal));
            var row = SampleIndexRow.From(sample, line.Length, one.IsRight, two.IsRight, _scores.ComparesTexts);
            _rows.Add(row, one.Values.Span, two.Values.Span);
            _highlights.Add(sample, line, one.Values);
            if (samples is not null)
            {
                await samples.WriteAsync(line, cancellationToken);
                await samples.WriteAsync(NewLine, cancellationToken);
            }
        }
    }
}
