namespace FunctionsEval.Functions.Storage;

/// <summary>Until when a lease surely has not run out, by the clock of its holder.</summary>
/// <param name="time">The clock.</param>
/// <param name="duration">How long the lease lasts from each renewal.</param>
/// <param name="taken">When it was asked for, as a timestamp of the clock.</param>
internal sealed class LeaseClock(TimeProvider time, TimeSpan duration, long taken)
{
    /// <summary>How long before its end a lease no longer counts: the clocks of two machines do not run alike.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    private TaskCompletionSource _renewal = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _renewed = taken;

    /// <summary>Whether it may have run out.</summary>
    public bool MayHaveRunOut => time.GetElapsedTime(Volatile.Read(ref _renewed)) >= duration - Margin;

    /// <summary>Records a renewal.</summary>
    /// <param name="asked">When it was asked for.</param>
    public void Renew(long asked)
    {
        Volatile.Write(ref _renewed, asked);
        Interlocked.Exchange(ref _renewal, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    /// <summary>Waits until the lease surely has not run out: not at all, or until its next renewal.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public async Task ConfirmAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var renewal = Volatile.Read(ref _renewal).Task;
            if (!MayHaveRunOut)
            {
                return;
            }

            await renewal.WaitAsync(cancellationToken);
        }
    }
}
