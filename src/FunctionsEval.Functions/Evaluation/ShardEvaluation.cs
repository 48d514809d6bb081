using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>
/// One call's work on a shard. It hands out the samples without an outcome in dataset order, as long as more may be sent, logs their
/// results, and counts. Samples that may have ended a process come last, in small groups and then alone (<see cref="LogSessions"/>).
/// </summary>
internal sealed class ShardEvaluation(
    ShardWork work,
    RunPlan plan,
    IShardLog log,
    ISampleEvaluator evaluator,
    ShardAttempt attempt,
    ShardTimes times,
    SampleIsolation isolation,
    ShardTally tally,
    Func<bool> isModelAway,
    Func<bool> areSlotsFree,
    ShardTurns turns
)
{
    // Enough that one of them distinguishes an outage from samples that fail by themselves.
    private const int TrialSize = 8;

    /// <summary>How long a shard waits for its turn before it is left to another instance, or to a later time.</summary>
    private static readonly TimeSpan MaxWaitForTurn = TimeSpan.FromSeconds(10);

    private readonly string _model = plan.ModelOf(work.Role);
    private readonly ShardSamples _samples = new(work, plan, log);
    private readonly SampleRows _rows = new(plan, work.Role);
    private readonly List<ShardSample> _doubtful = [];
    private readonly List<ShardSample> _suspects = [];

    /// <summary>Samples to be evaluated alone.</summary>
    public int Suspects => _suspects.Count;

    /// <summary>
    /// Evaluates as many samples as time permits. Every row is read in any case, so that the number of remaining samples is known.
    /// </summary>
    /// <param name="rows">The shard's rows.</param>
    /// <param name="concurrency">Samples under evaluation at once.</param>
    public async Task RunAsync(IAsyncEnumerable<DatasetRow> rows, int concurrency)
    {
        await SideBySideAsync(HandOutAsync(rows), concurrency);
        // The square root: finding one of them takes the fewest rounds of groups and single samples.
        foreach (var group in _doubtful.Chunk((int)Math.Ceiling(Math.Sqrt(Math.Max(1, _doubtful.Count)))))
        {
            if (!attempt.MayStart)
            {
                return;
            }

            await log.AnnounceTogetherAsync([.. group.Select(sample => sample.Key)]);
            await SideBySideAsync(group.ToAsyncEnumerable(), concurrency);
        }

        foreach (var suspect in _suspects)
        {
            if (!attempt.MayStart)
            {
                return;
            }

            await attempt.UnlessStoppedAsync(() => AloneAsync(suspect));
        }
    }

    private Task AloneAsync(ShardSample suspect) =>
        isolation.AloneAsync(
            async () =>
            {
                await log.AnnounceAloneAsync(suspect.Key);
                await EvaluateAsync(suspect);
            },
            times.SendNoMore
        );

    private Task SideBySideAsync(IAsyncEnumerable<ShardSample> samples, int concurrency) =>
        Parallel.ForEachAsync(
            samples,
            new ParallelOptions { MaxDegreeOfParallelism = concurrency },
            async (sample, _) =>
            {
                if (sample.Standing == SampleStanding.Finished)
                {
                    tally.Add(sample.Logged!);
                }
                else
                {
                    await SideBySideAsync(sample);
                }
            }
        );

    private Task SideBySideAsync(ShardSample sample) =>
        attempt.UnlessStoppedAsync(() => isolation.SideBySideAsync(() => EvaluateAsync(sample), times.SendNoMore));

    private async IAsyncEnumerable<ShardSample> HandOutAsync(IAsyncEnumerable<DatasetRow> rows)
    {
        // Requests to an unreachable model may be billed although they get no answer. Until it serves again, only a few samples are sent at
        // a time.
        List<ShardSample> trial = [];
        using var place = turns.Enter(work);
        var isMyTurn = work.IsSettling;
        await foreach (var row in rows)
        {
            var sample = _samples.Find(row);
            if (sample.Standing == SampleStanding.Finished)
            {
                // Its outcome counts in the summary, and the next resumption asks again nevertheless.
                if (work.IsSettling && _samples.IsAskedAgain(sample.Logged!))
                {
                    attempt.AddLeft();
                }

                yield return sample;
                continue;
            }

            attempt.AddLeft();
            if (SetAside(sample) || !attempt.MayStart)
            {
                continue;
            }

            isMyTurn = isMyTurn || await WaitForTurnAsync(place);
            if (!isMyTurn || !await MayHandOutAsync(sample))
            {
                continue;
            }

            if (trial.Count == 0 && (work.GivesUp || !isModelAway()))
            {
                yield return sample;
                continue;
            }

            trial.Add(sample);
            if (trial.Count == TrialSize)
            {
                await Task.WhenAll(trial.Select(SideBySideAsync));
                trial.Clear();
            }
        }

        await Task.WhenAll(trial.Select(SideBySideAsync));
    }

    /// <summary>Whether a sample without an outcome is not evaluated beside others; also does what is needed for it now.</summary>
    private bool SetAside(ShardSample sample)
    {
        // A stopped run pays for nothing more, but its earlier payments count.
        if (work.IsSettling)
        {
            if (sample.Logged is { } paid)
            {
                tally.AddPaid(paid);
            }

            return true;
        }

        switch (sample.Standing)
        {
            case SampleStanding.Quarantined:
                Conclude(_rows.Quarantined(sample.Row, log.Sessions.Crashes));
                return true;
            case SampleStanding.Suspect:
                _suspects.Add(sample);
                return true;
            case SampleStanding.Doubtful:
                _doubtful.Add(sample);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Waits until it is the shard's turn; one that waits for too long is handed back.</summary>
    private async Task<bool> WaitForTurnAsync(ShardTurns.Place place)
    {
        var isMyTurn = false;
        await attempt.UnlessStoppedAsync(async () =>
        {
            isMyTurn = await place.WaitAsync(areSlotsFree, MaxWaitForTurn, times.SendNoMore);
            if (!isMyTurn)
            {
                attempt.Interrupt(ShardReport.Incomplete(ShardAttempt.BusyWait) with { GotNoSlot = true });
            }
        });
        return isMyTurn;
    }

    private async Task<bool> MayHandOutAsync(ShardSample sample)
    {
        var mayStart = false;
        await attempt.UnlessStoppedAsync(async () =>
        {
            await log.WaitWhileLateAsync(times.SendNoMore);
            await log.AnnounceAsync(sample.Key.Offset, times.SendNoMore);
            mayStart = attempt.MayStart;
        });
        return mayStart;
    }

    private async Task EvaluateAsync(ShardSample sample)
    {
        switch (await evaluator.EvaluateAsync(sample.Row, sample.Logged, times.SendNoMore, times.Abort))
        {
            case SampleEvaluation.Done done:
                Conclude(done.Row);
                break;
            case SampleEvaluation.Interrupted interrupted:
                if (interrupted.PaidSoFar is { } paid)
                {
                    log.Append(Stamped(paid));
                }

                attempt.Interrupt(interrupted.Report);
                break;
        }
    }

    private void Conclude(EvaluatedSample row)
    {
        log.Append(Stamped(row));
        tally.Add(row);
        attempt.Conclude();
        if (!plan.IsStored(work.Role))
        {
            Instruments.SampleEnded(work.Role, _model, row.Outcome);
        }
    }

    private EvaluatedSample Stamped(EvaluatedSample row)
    {
        int? resumption = work.Resumption > 0 ? work.Resumption : null;
        return row.Resumption == resumption ? row : row with { Resumption = resumption };
    }
}
