using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Reports.Merging;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>A run as a comparison sees it.</summary>
internal sealed record ComparedRun(RunManifest Manifest, EvaluationSpec Spec)
{
    public RowMeasurer Measurer { get; } = new(Spec);
}

/// <summary>The result of pairing two runs.</summary>
/// <param name="Counts">The pairing of their samples.</param>
/// <param name="Flips">How many changed sides; null where an earlier version evaluated one of them, which did not keep what is
/// right.</param>
/// <param name="Lines">Their numbers, the right run as the candidate and the left as the baseline; differences are over the paired
/// samples.</param>
/// <param name="Undecided">Why nothing is decided although the runs are paired: too few samples of one of them count; null
/// otherwise.</param>
/// <param name="Recalls">The recall of each label over the paired samples, whatever the metrics; none where it cannot be tested.</param>
internal sealed record RunPairing(
    PairingCounts Counts,
    FlipCounts? Flips,
    IReadOnlyList<MetricValue> Lines,
    string? Undecided,
    IReadOnlyList<MetricValue> Recalls
);

/// <summary>
/// Compares the candidates of two runs. Samples are paired by id and content, across versions of a dataset, with the tests that a run
/// applies to its own baseline. Runs that cannot be paired have only the difference of the numbers, and the reason.
/// </summary>
internal sealed class RunComparison(RunBlobs blobs)
{
    /// <summary>Maximum number of samples whose counterpart was not read yet. A dataset of this size may be in another order.</summary>
    private const int MaxWaiting = 1_000_000;

    /// <summary>Why two runs cannot be paired; null when they may be.</summary>
    private static string? ReasonNotPaired(ComparedRun left, ComparedRun right) =>
        left.Spec.Turns != right.Spec.Turns ? "One evaluates each trained turn of a conversation, the other the last one."
        : Measured(left.Spec) != Measured(right.Spec) ? "Their metrics, labels or slices differ."
        : null;

    /// <summary>
    /// Whether two runs read the same samples from the same bytes: a sample is then known by its place, whatever its prompt.
    /// </summary>
    public static bool ReadSameSamples(ComparedRun left, ComparedRun right) =>
        left.Manifest.Dataset.HasSameBytes(right.Manifest.Dataset)
        && left.Spec.Turns == right.Spec.Turns
        && (left.Spec.Columns.Id, left.Spec.Columns.Input, left.Spec.Columns.Reference)
            == (right.Spec.Columns.Id, right.Spec.Columns.Input, right.Spec.Columns.Reference);

    /// <summary>The identity by which a sample is found in the other run.</summary>
    /// <param name="haveSameSamples">What <see cref="ReadSameSamples"/> says of the two runs.</param>
    /// <param name="key">The row's id and place (<see cref="Scoreboard.SampleKey"/>).</param>
    /// <param name="turn">Which of the row's trained turns the sample is, from 1; 0 where the row is one sample.</param>
    /// <param name="identity">Its id and content; null where they were not kept.</param>
    /// <exception cref="UnpairableException">The sample's content is needed, but was not kept.</exception>
    public static SampleIdentity IdentityOf(bool haveSameSamples, ulong key, int turn, SampleIdentity? identity) =>
        haveSameSamples
            ? new SampleIdentity(key, (ulong)turn)
            : identity
                ?? throw new UnpairableException(
                    "Their datasets differ, and an earlier version of the app evaluated one of them without keeping the samples' "
                        + "content; evaluate it again."
                );

    /// <summary>A run's manifest and spec; its training rows, which no comparison needs, are not read.</summary>
    public async Task<ComparedRun> ReadAsync(string runId, CancellationToken cancellationToken) =>
        new(await blobs.ReadManifestAsync(runId, cancellationToken), await blobs.ReadSpecAsync(runId, cancellationToken));

    /// <summary>
    /// Pairs two runs, or says why they cannot be paired. Memory grows with how much their orders differ, not with their samples.
    /// </summary>
    /// <param name="left">The run to compare with.</param>
    /// <param name="right">The run that is compared.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public Task<(RunPairing? Pairing, string? NotPaired)> PairAsync(string left, string right, CancellationToken cancellationToken) =>
        PairAsync(left, right, merged: null, cancellationToken);

    /// <summary>The same of a run whose ranges of shards were paired while others were evaluated.</summary>
    /// <param name="left">The run to compare with.</param>
    /// <param name="right">The run that is compared.</param>
    /// <param name="merged">What <see cref="KeepPairsAsync"/> kept it under; null where nothing is kept.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<(RunPairing? Pairing, string? NotPaired)> PairAsync(
        string left,
        string right,
        string? merged,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var kept = merged is null ? null : await PairedRanges.CreateAsync(blobs, left, right, merged, cancellationToken);
            var (one, other) = (await ReadAsync(left, cancellationToken), await ReadAsync(right, cancellationToken));
            return ReasonNotPaired(one, other) is { } reason
                ? (null, reason)
                : (await PairAsync(one, other, kept, cancellationToken), null);
        }
        catch (Exception fault) when (ReasonOf(fault) is { } reason)
        {
            return (null, reason);
        }
    }

    /// <summary>
    /// Pairs a range of a run's shards with the same range of an earlier run, if both were cut alike from the same bytes, and keeps the
    /// totals beside what the range merges to.
    /// </summary>
    /// <param name="left">The earlier run.</param>
    /// <param name="plan">The run, whose other shards may still be evaluated.</param>
    /// <param name="merged">The version of what its ranges merge to.</param>
    /// <param name="first">The range's first shard.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task KeepPairsAsync(string left, RunPlan plan, string merged, int first, CancellationToken cancellationToken)
    {
        try
        {
            var kept = await PairedRanges.CreateAsync(blobs, left, plan.Manifest.RunId, merged, cancellationToken);
            var (one, other) = (await ReadAsync(left, cancellationToken), new ComparedRun(plan.Manifest, plan.Spec));
            if (ReasonNotPaired(one, other) is null && HaveSameShards(one, other))
            {
                var tally = new PairTally(one, other);
                await AddAsync(tally, one, other, first, PairedRanges.Size, cancellationToken);
                await kept.WriteAsync(first, tally, cancellationToken);
            }
        }
        catch (Exception fault) when (ReasonOf(fault) is not null)
        {
            // The comparison of the whole runs says so.
        }
    }

    /// <summary>Why files of two runs cannot be paired; null for other faults.</summary>
    private static string? ReasonOf(Exception fault) =>
        fault switch
        {
            UnpairableException => fault.Message,
            RequestFailedException { Status: 404 } => "Files of one of them are gone.",
            InvalidDataException or EndOfStreamException or JsonException or SpecException or OptionException =>
                "Files of one of them are of a form that this version of the app does not read.",
            _ => null,
        };

    /// <summary>Whether a shard of one run has the samples of the same shard of the other, so that shards are paired one by one.</summary>
    private static bool HaveSameShards(ComparedRun left, ComparedRun right) =>
        ReadSameSamples(left, right) && left.Manifest.Shards.SequenceEqual(right.Manifest.Shards);

    private async Task<RunPairing> PairAsync(ComparedRun left, ComparedRun right, PairedRanges? kept, CancellationToken cancellationToken)
    {
        var tally = new PairTally(left, right);
        if (!HaveSameShards(left, right))
        {
            await AddAsync(tally, left, right, first: 0, count: int.MaxValue, cancellationToken);
            return tally.Finish();
        }

        for (var first = 0; first < right.Manifest.Shards.Count; first += PairedRanges.Size)
        {
            if (kept is null || !await kept.TryAddToAsync(tally, first, cancellationToken))
            {
                await AddAsync(tally, left, right, first, PairedRanges.Size, cancellationToken);
            }

            // They are what would wait for a counterpart if all shards were paired at once.
            if (tally.Singles > MaxWaiting)
            {
                throw UnpairableException.TooManyWaiting();
            }
        }

        return tally.Finish();
    }

    /// <summary>Adds the pairs of the same shards of two runs.</summary>
    private async Task AddAsync(
        PairTally tally,
        ComparedRun left,
        ComparedRun right,
        int first,
        int count,
        CancellationToken cancellationToken
    )
    {
        var haveSameSamples = ReadSameSamples(left, right);
        var pairs = SamplePairing.PairAsync(
            SamplesAsync(left, first, count, cancellationToken),
            SamplesAsync(right, first, count, cancellationToken),
            sample => IdentityOf(haveSameSamples, sample.Key, sample.Turn, sample.Identity),
            MaxWaiting,
            _ => 1,
            cancellationToken
        );
        await foreach (var (other, one) in pairs)
        {
            tally.Add(other, one);
        }
    }

    /// <summary>The numbers that decide: of the right run's gate, or of the left run's where the right one has none.</summary>
    public static IReadOnlySet<(string Name, string Slice)> HeadlineOf(
        EvaluationSpec left,
        EvaluationSpec right,
        IReadOnlyList<MetricValue> lines
    ) => MetricReadings.Headline(right.Gate is null ? right with { Gate = left.Gate } : right, lines);

    /// <summary>The part of a spec that determines which numbers there are.</summary>
    private static string Measured(EvaluationSpec spec) =>
        SpecReader.Canonical(
            new EvaluationSpec
            {
                Task = spec.Task,
                Model = "any",
                ResponseFormat = spec.ResponseFormat?.Schema is null ? null : spec.ResponseFormat,
                Columns = new ColumnSpec { Reference = spec.Columns.Reference?.Fields is null ? null : spec.Columns.Reference },
                Labels = spec.Labels,
                PositiveLabel = spec.PositiveLabel,
                LabelProbabilities = spec.LabelProbabilities,
                Metrics = spec.Metrics,
                Slices = spec.Slices,
                Repeats = spec.Repeats,
            }
        );

    /// <summary>The samples of some of a run's shards in dataset order; a row that is no sample is left out.</summary>
    private async IAsyncEnumerable<SampleStatistics> SamplesAsync(
        ComparedRun run,
        int first,
        int count,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var plan = new RunPlan(run.Manifest, run.Spec, training: null);
        foreach (var shard in Enumerable.Range(0, run.Manifest.Shards.Count).Skip(first).Take(count))
        {
            foreach (var sample in await blobs.ReadStatisticsAsync(plan, Roles.Candidate, shard, cancellationToken))
            {
                if (sample.Outcome != Outcome.MalformedSample)
                {
                    yield return sample;
                }
            }
        }
    }
}
