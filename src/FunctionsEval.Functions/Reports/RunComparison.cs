using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
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
    public async Task<(RunPairing? Pairing, string? NotPaired)> PairAsync(string left, string right, CancellationToken cancellationToken)
    {
        try
        {
            var (one, other) = (await ReadAsync(left, cancellationToken), await ReadAsync(right, cancellationToken));
            return ReasonNotPaired(one, other) is { } reason ? (null, reason) : (await PairAsync(one, other, cancellationToken), null);
        }
        catch (UnpairableException unpairable)
        {
            return (null, unpairable.Message);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return (null, "Files of one of them are gone.");
        }
        catch (Exception unreadable)
            when (unreadable is InvalidDataException or EndOfStreamException or JsonException or SpecException or OptionException)
        {
            return (null, "Files of one of them are of a form that this version of the app does not read.");
        }
    }

    private async Task<RunPairing> PairAsync(ComparedRun left, ComparedRun right, CancellationToken cancellationToken)
    {
        var tally = new PairTally(right);
        var haveSameSamples = ReadSameSamples(left, right);
        var pairs = SamplePairing.PairAsync(
            SamplesAsync(left, cancellationToken),
            SamplesAsync(right, cancellationToken),
            sample => IdentityOf(haveSameSamples, sample.Key, sample.Turn, sample.Identity),
            MaxWaiting,
            _ => 1,
            cancellationToken
        );
        await foreach (var (other, one) in pairs)
        {
            tally.Add(other, one);
        }

        return tally.Finish(left.Spec);
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

    /// <summary>A run's samples in dataset order; a row that is no sample is left out.</summary>
    private async IAsyncEnumerable<SampleStatistics> SamplesAsync(
        ComparedRun run,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var plan = new RunPlan(run.Manifest, run.Spec, training: null);
        for (var shard = 0; shard < run.Manifest.Shards.Count; shard++)
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

    /// <summary>The totals of the pairs.</summary>
    private sealed class PairTally(ComparedRun right)
    {
        private readonly Scoreboard _scoreboard = right.Measurer.CreateScoreboard(hasBaseline: true);
        private readonly PairingCounter _counter = new();
        private readonly ClassFlips _classes = new(right.Spec.Labels);
        private bool _knowsRight = true;
        private readonly Answered _ofLeft = new();
        private readonly Answered _ofRight = new();
        private long _gained;
        private long _lost;

        public void Add(SampleStatistics? left, SampleStatistics? right)
        {
            var sample = (right ?? left)!;
            _scoreboard.Add(sample.Key, sample.Slices, right?.Words, left?.Words, sample.Turns);
            _ofLeft.Add(left);
            _ofRight.Add(right);
            _knowsRight &= left is not { Identity: null } && right is not { Identity: null };
            if (left is null || right is null)
            {
                _counter.AddSingle(sample.Identity?.Id ?? sample.Key, isLeft: right is null);
                return;
            }

            _counter.AddPaired();
            if (left.IsMeasured && right.IsMeasured)
            {
                _gained += right.IsRight && !left.IsRight ? 1 : 0;
                _lost += left.IsRight && !right.IsRight ? 1 : 0;
                if (right.Label >= 0)
                {
                    _classes.Add(right.Label, right.IsRight, left.IsRight);
                }
            }
        }

        public RunPairing Finish(EvaluationSpec left)
        {
            if (_counter.Counts.Paired == 0)
            {
                throw new UnpairableException("They have no sample in common.");
            }

            var lines = MetricValues.From(_scoreboard.Finish());
            // Answers to one question and turns of one conversation are not independent, which the exact test takes them for.
            var hasExactTest = _knowsRight && right.Spec is { Repeats: 1, Turns: TurnSelection.Last };
            if (hasExactTest)
            {
                lines = _classes.Apply(lines);
            }

            var undecided = _ofLeft.TooFew("left", left) ?? _ofRight.TooFew("right", right.Spec);
            return new RunPairing(
                _counter.Counts,
                _knowsRight ? new FlipCounts(_gained, _lost) : null,
                MetricReadings.Apply(
                    lines,
                    HeadlineOf(left, right.Spec, lines),
                    right.Spec.Intervals.Replicates,
                    decides: undecided is null
                ),
                undecided,
                hasExactTest && undecided is null ? [.. _classes.Recalls()] : []
            );
        }
    }

    /// <summary>How many samples of a run count.</summary>
    private sealed class Answered
    {
        private long _samples;
        private long _counted;

        public void Add(SampleStatistics? sample)
        {
            _samples += sample is null ? 0 : 1;
            _counted += sample is { IsMeasured: true } ? 1 : 0;
        }

        /// <summary>Why a run permits no decision; null when enough of its samples count.</summary>
        public string? TooFew(string side, EvaluationSpec spec)
        {
            var least = Gate.LeastCoverage(spec.Gate);
            return _counted >= least * _samples
                ? null
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"Only {_counted} of {_samples} samples of the {side} run count in its metrics, less than {least:0.###} of them."
                );
        }
    }
}
