using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Budget;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>
/// One call's work on a shard: hands out the rows that have no outcome in dataset order, as long as more may be sent, logs what they come
/// to, and counts. Samples that may have ended a process come last, in small groups and then alone (<see cref="LogSessions"/>).
/// </summary>
internal sealed class ShardEvaluation(
    ShardWork work,
    RunPlan plan,
    ShardLog log,
    SampleEvaluator evaluator,
    CostAllowance? allowance,
    ShardTimes times,
    SampleIsolation isolation,
    ShardTally tally,
    Func<bool> isModelAway
)
{
    // Enough that one of them tells an outage from samples that fail by themselves.
    private const int TrialSize = 8;

    private readonly string _model = plan.ModelOf(work.Role);
    private readonly Lock _lock = new();
    private readonly List<Row> _doubtful = [];
    private readonly List<Row> _suspects = [];
    private ShardReport? _interruption;
    private int _left;
    private int _progress;

    /// <summary>Rows that have no outcome.</summary>
    public int Left => Volatile.Read(ref _left);

    /// <summary>Rows that got their outcome in this call.</summary>
    public int Progress => Volatile.Read(ref _progress);

    /// <summary>The gravest reason why rows are left; null for lack of time.</summary>
    public ShardReport? Interruption => Volatile.Read(ref _interruption);

    /// <summary>Samples to be evaluated alone.</summary>
    public int Suspects => _suspects.Count;

    private bool MayStart => !work.IsSettling && Interruption is null && !times.SendNoMore.IsCancellationRequested;

    /// <summary>Evaluates what there is time for. Every row is read in any case, so that it is known how many are left.</summary>
    /// <param name="reader">The shard's rows.</param>
    /// <param name="concurrency">Samples under evaluation at once.</param>
    public async Task RunAsync(ShardReader reader, int concurrency)
    {
        await SideBySideAsync(HandOutAsync(reader), concurrency);
        // The square root: finding one of them takes the fewest rounds of groups and single samples.
        foreach (var group in _doubtful.Chunk((int)Math.Ceiling(Math.Sqrt(Math.Max(1, _doubtful.Count)))))
        {
            if (!MayStart)
            {
                return;
            }

            await log.AnnounceTogetherAsync([.. group.Select(row => row.Key)]);
            await SideBySideAsync(group.ToAsyncEnumerable(), concurrency);
        }

        foreach (var suspect in _suspects)
        {
            if (!MayStart)
            {
                return;
            }

            await UnlessStoppedAsync(() =>
                isolation.AloneAsync(
                    async () =>
                    {
                        await log.AnnounceAloneAsync(suspect.Key);
                        await EvaluateAsync(suspect);
                    },
                    times.SendNoMore
                )
            );
        }
    }

    private Task SideBySideAsync(IAsyncEnumerable<Row> rows, int concurrency) =>
        Parallel.ForEachAsync(
            rows,
            new ParallelOptions { MaxDegreeOfParallelism = concurrency },
            async (row, _) =>
            {
                if (row.IsFinished)
                {
                    tally.Add(row.Logged!);
                }
                else
                {
                    await SideBySideAsync(row);
                }
            }
        );

    private Task SideBySideAsync(Row row) =>
        UnlessStoppedAsync(() => isolation.SideBySideAsync(() => EvaluateAsync(row), times.SendNoMore));

    private async IAsyncEnumerable<Row> HandOutAsync(ShardReader reader)
    {
        // What a model that is away leaves unanswered may be paid all the same: until it serves again, a few samples go at a time.
        List<Row> trial = [];
        await foreach (var read in reader.ReadAsync(CancellationToken.None))
        {
            var row = Find(read);
            if (row.IsFinished)
            {
                // Its outcome counts in what is summed up, and is left for the next resumption all the same.
                if (work.IsSettling && IsAskedAgain(row.Logged!))
                {
                    Interlocked.Increment(ref _left);
                }

                yield return row;
                continue;
            }

            Interlocked.Increment(ref _left);
            // A stopped run pays for nothing more, but has paid.
            if (work.IsSettling)
            {
                if (row.Logged is { } paid)
                {
                    tally.AddPaid(paid);
                }

                continue;
            }

            if (log.Sessions.Condemned.Contains(row.Key))
            {
                Conclude(evaluator.Quarantine(read, log.Sessions.Crashes));
            }
            else if (log.Sessions.Suspects.Contains(row.Key))
            {
                _suspects.Add(row);
            }
            else if (row.Key.Offset <= log.Sessions.DoubtfulUpTo)
            {
                _doubtful.Add(row);
            }
            else if (MayStart && await MayHandOutAsync(row))
            {
                if (trial.Count == 0 && (work.GivesUp || !isModelAway()))
                {
                    yield return row;
                    continue;
                }
                trial.Add(row);
                if (trial.Count < TrialSize)
                {
                    continue;
                }

                await Task.WhenAll(trial.Select(SideBySideAsync));
                trial.Clear();
            }
        }

        await Task.WhenAll(trial.Select(SideBySideAsync));
    }

    /// <summary>
    /// What the log has of a row. One that was cut into another shard before is appended once more, with its position in this one.
    /// </summary>
    private Row Find(DatasetRow read)
    {
        var key = new RowKey(read.Offset, plan.RepeatOf(read));
        if (log.Take(key) is not { } logged || logged.Id != ShardReader.IdOf(read))
        {
            return new Row(read, key, Logged: null, IsFinished: false);
        }

        if ((logged.Ordinal, logged.Line) != (read.Ordinal, read.Line))
        {
            logged = logged with { Ordinal = read.Ordinal, Line = read.Line };
            log.Append(logged);
        }

        return new Row(read, key, logged, IsFinished: !logged.IsPartial && (work.IsSettling || !IsAskedAgain(logged)));
    }

    private bool IsAskedAgain(EvaluatedSample logged) =>
        logged.Outcome is Outcome.Exhausted or Outcome.TimedOut && plan.Manifest.RepeatsFailedSince > (logged.Resumption ?? 0);

    private async Task<bool> MayHandOutAsync(Row row)
    {
        var mayStart = false;
        await UnlessStoppedAsync(async () =>
        {
            await log.WaitWhileLateAsync(times.SendNoMore);
            await log.AnnounceAsync(row.Key.Offset, times.SendNoMore);
            mayStart = MayStart;
        });
        return mayStart;
    }

    private async Task EvaluateAsync(Row row)
    {
        Task<SampleResult> Evaluate() => evaluator.EvaluateAsync(row.Read, row.Logged, times.SendNoMore, times.Abort);
        var result = allowance is null
            ? await Evaluate()
            : await allowance.SpendAsync((row.Read as ValidRow)?.Sample, row.Logged, Evaluate, () => MayStart, times.SendNoMore);
        switch (result)
        {
            case SampleResult.Done done:
                Conclude(done.Row);
                break;
            case SampleResult.Interrupted interrupted:
                if (interrupted.Paid is { } paid)
                {
                    log.Append(Stamped(paid));
                }

                Interrupt(interrupted.Report);
                break;
        }
    }

    private void Conclude(EvaluatedSample row)
    {
        log.Append(Stamped(row));
        tally.Add(row);
        Interlocked.Decrement(ref _left);
        Interlocked.Increment(ref _progress);
        Instruments.SampleEnded(work.Role, _model, row.Outcome);
    }

    private EvaluatedSample Stamped(EvaluatedSample row) => row with { Resumption = work.Resumption > 0 ? work.Resumption : null };

    private void Interrupt(ShardReport report)
    {
        lock (_lock)
        {
            if (_interruption is null || Gravity(report) > Gravity(_interruption))
            {
                _interruption = report;
            }
        }

        if (report is { Status: ShardStatus.Failed, Failure: { } failure })
        {
            plan.Stop(failure);
        }
    }

    private static int Gravity(ShardReport report) =>
        report.Status switch
        {
            ShardStatus.Failed => 3,
            ShardStatus.Unreachable => 2,
            ShardStatus.Throttled => 1,
            _ => 0,
        };

    /// <summary>What was not sent, or is no longer waited for, is left for the next call.</summary>
    private async Task UnlessStoppedAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (OperationCanceledException) when (times.SendNoMore.IsCancellationRequested)
        {
            Interrupt(ShardReport.Incomplete());
        }
    }

    /// <summary>A row of the shard, what identifies it, and what the log has of it.</summary>
    private sealed record Row(DatasetRow Read, RowKey Key, EvaluatedSample? Logged, bool IsFinished);
}
