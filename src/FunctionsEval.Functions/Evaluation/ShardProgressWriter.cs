using Azure;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>
/// While a shard is evaluated, writes its counts to the run's table every two seconds, so that progress can be seen, and checks whether the
/// run was cancelled.
/// </summary>
internal sealed class ShardProgressWriter(
    RunTables tables,
    RunCancellation cancellation,
    TimeProvider time,
    ILogger<ShardProgressWriter> logger
)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Starts writing; stops when the returned object is disposed.</summary>
    public IAsyncDisposable Start(ShardWork work, RunPlan plan, ShardTally tally, CalledModels models) =>
        new Watch(stop => WriteAsync(work, plan, () => new(work.Role, work.Shard, tally.Outcomes, models.FindTrouble()), stop));

    private async Task WriteAsync(ShardWork work, RunPlan plan, Func<ShardProgress> progress, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                await TryWriteAsync(work, plan, progress, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The shard has ended; its last counts are written with its state.
        }
    }

    private async Task TryWriteAsync(ShardWork work, RunPlan plan, Func<ShardProgress> progress, CancellationToken stop)
    {
        try
        {
            // One check serves all shards of the run, so the run's row is not read for each of them.
            await cancellation.CheckAsync(work, plan, stop);
            if (plan.Stopped is null)
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
