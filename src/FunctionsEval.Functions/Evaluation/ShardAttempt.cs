using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Runs;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>The progress of one call of <c>EvaluateShard</c>, and why it stops. Safe to use from several threads.</summary>
internal sealed class ShardAttempt(ShardWork work, RunPlan plan, CancellationToken sendNoMore)
{
    /// <summary>The wait before the next call, where nothing else says how long.</summary>
    public static readonly TimeSpan BusyWait = TimeSpan.FromSeconds(5);

    /// <summary>If at most this share of a shard's samples is left, the wait for them is shorter than the wait of the run.</summary>
    private const double FewShare = 0.05;

    /// <summary>The part of the usual wait that then remains, and that remains for a model that was never reached.</summary>
    private const double ShortWait = 0.2;

    private readonly Lock _lock = new();
    private ShardReport? _interruption;
    private int _left;
    private int _progress;

    /// <summary>Samples that have no outcome.</summary>
    public int Left => Volatile.Read(ref _left);

    /// <summary>Samples that got their outcome in this call.</summary>
    public int Progress => Volatile.Read(ref _progress);

    /// <summary>Whether a further sample may be started.</summary>
    public bool MayStart => !work.IsSettling && Volatile.Read(ref _interruption) is null && !sendNoMore.IsCancellationRequested;

    /// <summary>Counts a sample that has no outcome.</summary>
    public void AddLeft() => Interlocked.Increment(ref _left);

    /// <summary>Records that a sample got its outcome.</summary>
    public void Conclude()
    {
        Interlocked.Decrement(ref _left);
        Interlocked.Increment(ref _progress);
    }

    /// <summary>
    /// Stops the call. Of several reasons, the most serious is kept. A reason that makes the run fail stops all its shards.
    /// </summary>
    public void Interrupt(ShardReport reason)
    {
        lock (_lock)
        {
            if (_interruption is null || Gravity(reason.Status) > Gravity(_interruption.Status))
            {
                _interruption = reason;
            }
        }

        if (reason is { Status: ShardStatus.Failed, Failure: { } failure })
        {
            plan.Stop(failure);
        }
    }

    /// <summary>Runs a step. The next call continues with what is not sent or no longer waited for.</summary>
    public async Task UnlessStoppedAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (OperationCanceledException) when (sendNoMore.IsCancellationRequested)
        {
            Interrupt(ShardReport.Incomplete());
        }
    }

    /// <summary>The report to the orchestration about a call that left samples without an outcome.</summary>
    /// <param name="rows">Samples of the shard.</param>
    /// <param name="wereReached">Whether every model that is called has ever answered.</param>
    /// <param name="maxOutage">How long a model may be unreachable, by the settings.</param>
    public ShardReport ToReport(int rows, bool wereReached, TimeSpan maxOutage)
    {
        if (plan.Stopped is { } stopped)
        {
            return new ShardReport(ShardStatus.Failed, stopped);
        }

        var report = Volatile.Read(ref _interruption) ?? ShardReport.Incomplete();
        // The model served other samples in this call, so it is reachable: call again for the rest.
        if (report.Status == ShardStatus.Unreachable && Progress > 0)
        {
            report = ShardReport.Incomplete(report.RetryAfter > BusyWait ? report.RetryAfter : BusyWait) with
            {
                OutageLimit = report.OutageLimit,
            };
        }

        var areFewLeft = Left <= Math.Max(1, rows * FewShare);
        return report with
        {
            Progress = Progress,
            FewAreLeft = areFewLeft,
            OutageLimit =
                report.OutageLimit > TimeSpan.Zero ? report.OutageLimit : maxOutage * (areFewLeft || !wereReached ? ShortWait : 1),
        };
    }

    private static int Gravity(ShardStatus status) =>
        status switch
        {
            ShardStatus.Failed => 3,
            ShardStatus.Unreachable => 2,
            ShardStatus.Throttled => 1,
            _ => 0,
        };
}
