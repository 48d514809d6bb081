using Azure;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>
/// While a shard is evaluated: writes its counts to the run's table every two seconds, so that progress can be seen, and looks whether the
/// run was cancelled.
/// </summary>
internal sealed class ProgressWriter : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly RunTables _tables;
    private readonly RunCancellation _cancellation;
    private readonly RunPlan _plan;
    private readonly ILogger _logger;
    private readonly ShardWork _work;
    private readonly Func<ShardProgress> _progress;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _writing;

    public ProgressWriter(
        RunTables tables,
        RunCancellation cancellation,
        RunPlan plan,
        TimeProvider time,
        ILogger logger,
        ShardWork work,
        Func<ShardProgress> progress
    )
    {
        _tables = tables;
        _cancellation = cancellation;
        _plan = plan;
        _logger = logger;
        _work = work;
        _progress = progress;
        _writing = WriteAsync(time);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _writing;
        _stop.Dispose();
    }

    private async Task WriteAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await TryWriteAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The shard has ended; its last counts are written with its state.
        }
    }

    private async Task TryWriteAsync()
    {
        try
        {
            // One look for all shards of the run tells whether it goes on: its row is not read for each of them.
            await _cancellation.CheckAsync(_work, _plan, _stop.Token);
            if (_plan.Stopped is null)
            {
                await _tables.Progress.WriteAsync(_work.RunId, _progress(), _stop.Token);
            }
        }
        catch (Exception fault)
            when (fault is RequestFailedException or AggregateException
                || (fault is OperationCanceledException && !_stop.IsCancellationRequested)
            )
        {
            // Progress is for watching; the rows themselves are in the log. A storage that does not answer shows in all three forms.
            _logger.ProgressNotWritten(_work.RunId, _work.Role, _work.Shard, (fault as RequestFailedException)?.ErrorCode);
        }
    }
}
