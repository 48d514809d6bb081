using Azure;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>
/// While a shard is evaluated, checks every two seconds whether the run was cancelled, and writes its counts to the run's table, so that
/// progress can be seen: as often, or less often where the run has many shards, because all write into one partition.
/// </summary>
internal sealed class ShardProgressWriter(
    RunTables tables,
    RunCancellation cancellation,
    TimeProvider time,
    ILogger<ShardProgressWriter> logger
)
{
    /// <summary>Rows that the shards of one run write a second, at most: a fifth of what a partition takes.</summary>
    internal const int MaxRowsPerSecond = 400;

    /// <summary>The longest time between two rows of a shard.</summary>
    internal static readonly TimeSpan MaxInterval = TimeSpan.FromSeconds(20);

    /// <summary>The time between two checks, and the shortest between two rows of a shard.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Starts writing; stops when the returned object is disposed.</summary>
    public IAsyncDisposable Start(ShardWork work, RunPlan plan, ShardTally tally, CalledModels models) =>
        new Watch(stop => WriteAsync(work, plan, () => new(work.Role, work.Shard, tally.Outcomes, models.FindTrouble()), stop));

    /// <summary>Checks for each row that is written.</summary>
    /// <param name="shards">Shards of the run, of all its models together.</param>
    internal static int ChecksPerRow(int shards) =>
        (int)Math.Clamp(Math.Ceiling((double)shards / MaxRowsPerSecond / Interval.TotalSeconds), 1, MaxInterval / Interval);

    private async Task WriteAsync(ShardWork work, RunPlan plan, Func<ShardProgress> progress, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            var checksPerRow = ChecksPerRow(plan.Manifest.Shards.Count * plan.Manifest.Roles.Count);
            for (var check = 1; await timer.WaitForNextTickAsync(stop); check++)
            {
                await TryWriteAsync(work, plan, check % checksPerRow == 0 ? progress : null, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The shard has ended; its last counts are written with its state.
        }
    }

    private async Task TryWriteAsync(ShardWork work, RunPlan plan, Func<ShardProgress>? progress, CancellationToken stop)
    {
        try
        {
            // One check serves all shards of the run, so the run's row is not read for each of them.
            await cancellation.CheckAsync(work, plan, stop);
            if (plan.Stopped is null && progress is not null)
            {
                await tables.Progress.WriteAsync(work.RunId, progress(), stop);
            }
        }
        catch (Exception fault)
            when (fault is RequestFailedException or AggregateException
                || (fault is OperationCanceledException && !stop.IsCancellationRequested)
            )
        {
            // Progress is informative; the rows themselves are in the log. A storage that does not answer throws any of these three
            // exceptions.
            logger.ProgressNotWritten(work.RunId, work.Role, work.Shard, (fault as RequestFailedException)?.ErrorCode);
        }
    }

    /// <summary>Runs until it is disposed.</summary>
    private sealed class Watch : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;

        public Watch(Func<CancellationToken, Task> run) => _running = run(_stop.Token);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running;
            _stop.Dispose();
        }
    }
}
