using System.Text;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports.Merging;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Reports;

/// <summary>
/// Scoreboards of whole runs. That of a group's member is kept as a blob, so that the comparison of the candidates reads it in place of every
/// shard's statistics. It begins with <see cref="RunMerger.VersionOf"/> and is used for that planning, resumption and version of the app only.
/// </summary>
internal sealed class RunScoreboards(RunBlobs blobs, ILogger<RunScoreboards> logger)
{
    /// <summary>Bytes of sums that a sample may take: with more of them, its statistics are read in less time.</summary>
    private const long MaxBytesOfSample = 256;

    /// <summary>A scoreboard of this size is kept, however few samples there are.</summary>
    private const long SmallBytes = 1 << 20;

    /// <summary>A larger scoreboard is not kept: it is in memory while it is written and read.</summary>
    private const long MaxBytes = 64 << 20;

    /// <summary>Bytes that a metric keeps of a sample, where it keeps samples.</summary>
    private const long KeptBytesOfSample = 64;

    /// <summary>Keeps the scoreboard of all samples of a run, unless reading it would take longer than adding them up again.</summary>
    /// <param name="plan">The run.</param>
    /// <param name="scoreboard">What its samples add up to.</param>
    /// <param name="samples">How many there are.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task KeepAsync(RunPlan plan, Scoreboard scoreboard, long samples, CancellationToken cancellationToken)
    {
        var kept = plan.Measurer.Metrics.Count(metric => metric.SampleRule is not null) * KeptBytesOfSample * samples;
        if (scoreboard.SumBytes + kept > Math.Clamp(samples * MaxBytesOfSample, SmallBytes, MaxBytes))
        {
            return;
        }

        using var stream = new MemoryStream();
        stream.Write(HeadOf(plan));
        scoreboard.Write(stream);
        await blobs.WriteScoreboardAsync(plan.Manifest.RunId, new BinaryData(stream.ToArray()), cancellationToken);
    }

    /// <summary>The scoreboard of all samples of a run: the one that is kept, or what the statistics of its shards add up to.</summary>
    public async Task<Scoreboard> ReadAsync(RunPlan plan, CancellationToken cancellationToken) =>
        await FindAsync(plan, cancellationToken) ?? await blobs.AddUpAsync(plan, cancellationToken);

    private async Task<Scoreboard?> FindAsync(RunPlan plan, CancellationToken cancellationToken)
    {
        var head = HeadOf(plan);
        if (
            await blobs.FindScoreboardAsync(plan.Manifest.RunId, cancellationToken) is not { } stored
            || !stored.ToMemory().Span.StartsWith(head)
        )
        {
            return null;
        }

        var scoreboard = plan.Measurer.CreateScoreboard(plan.Manifest.Roles.Count > 1);
        try
        {
            scoreboard.Merge(new BinaryData(stored.ToMemory()[head.Length..]).ToStream());
            return scoreboard;
        }
        catch (InvalidDataException damaged)
        {
            logger.ScoreboardNotRead(plan.Manifest.RunId, damaged.Message);
            return null;
        }
    }

    private static byte[] HeadOf(RunPlan plan) => Encoding.UTF8.GetBytes(RunMerger.VersionOf(plan));
}
