using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Runs;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>
/// When one call of <c>EvaluateShard</c> stops its activities. It sends nothing more once the run is stopped or reaches its deadline, at
/// the soft deadline, and when the host stops. It waits for requests that were already sent, because they are paid for. When the host
/// stops, the wait is short.
/// </summary>
internal sealed class ShardTimes : IDisposable
{
    /// <summary>
    /// The part of a function's time that is reserved for the end of the last call: reading its answer, appending it, writing the shard's
    /// files.
    /// </summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>Time to append the received answers, once calls are no longer waited for.</summary>
    private static readonly TimeSpan Append = TimeSpan.FromSeconds(5);

    /// <summary>Maximum duration of a timer.</summary>
    private static readonly TimeSpan MaxTimer = TimeSpan.FromDays(1);

    private readonly CancellationTokenSource _softDeadline;
    private readonly CancellationTokenSource _sendNoMore;
    private readonly CancellationTokenSource _abort;
    private readonly CancellationTokenSource _giveUp;
    private readonly CancellationTokenRegistration _hostStops;

    /// <summary>Starts the clocks.</summary>
    /// <param name="plan">The run.</param>
    /// <param name="work">The shard.</param>
    /// <param name="options">The settings.</param>
    /// <param name="function">How long the function may run.</param>
    /// <param name="maxCallTime">The longest time-out of the models that are called.</param>
    /// <param name="time">The clock.</param>
    /// <param name="hostStops">The function's token.</param>
    public ShardTimes(
        RunPlan plan,
        ShardWork work,
        EvaluationOptions options,
        FunctionTimeout function,
        TimeSpan maxCallTime,
        TimeProvider time,
        CancellationToken hostStops
    )
    {
        var toDeadline = work.Deadline - time.GetUtcNow().UtcDateTime;
        var soft = Min(options.ShardSoftDeadline, Min(function.Length, MaxTimer) - maxCallTime - Margin);
        _softDeadline = new CancellationTokenSource(Max(Min(soft, toDeadline), TimeSpan.Zero), time);
        _sendNoMore = CancellationTokenSource.CreateLinkedTokenSource(_softDeadline.Token, plan.Stopping, hostStops);
        _abort = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _giveUp = new CancellationTokenSource(Min(function.Length, MaxTimer) - (Margin / 2), time);
        _hostStops = hostStops.UnsafeRegister(_ => LeaveSoon(options.ShutdownGrace), null);
    }

    /// <summary>Cancelled when nothing more is to be sent; what was sent is waited for.</summary>
    public CancellationToken SendNoMore => _sendNoMore.Token;

    /// <summary>Cancelled when calls under way are no longer waited for.</summary>
    public CancellationToken Abort => _abort.Token;

    /// <summary>Cancelled when an unreachable storage is no longer waited for.</summary>
    public CancellationToken GiveUp => _giveUp.Token;

    /// <summary>Stops sending and waiting, because answers can no longer be kept.</summary>
    public void Leave()
    {
        _softDeadline.Cancel();
        _abort.Cancel();
    }

    public void Dispose()
    {
        _hostStops.Dispose();
        _sendNoMore.Dispose();
        _softDeadline.Dispose();
        _abort.Dispose();
        _giveUp.Dispose();
    }

    private void LeaveSoon(TimeSpan grace)
    {
        // First: the host's token may call here before it stops what is linked to it, and what is broken off must know that it was stopped.
        _softDeadline.Cancel();
        _abort.CancelAfter(grace);
        _giveUp.CancelAfter(grace + Append);
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
