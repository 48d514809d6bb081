using Azure;
using Azure.Storage.Blobs.Specialized;

namespace FunctionsEval.Functions.Storage;

/// <summary>Another executor holds the shard's shard log.</summary>
internal sealed class ShardLogBusyException() : Exception("Another executor is working on this shard.");

/// <summary>
/// The lease under which an executor writes a log. It is renewed until it is given up. One that ran out is taken again under its own id,
/// unless another executor has taken it or has written meanwhile.
/// </summary>
internal sealed class LogLease : IAsyncDisposable
{
    /// <summary>Maximum time for which a dead executor keeps its successor waiting.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(20);

    private readonly BlobLeaseClient _lease;
    private readonly TimeProvider _time;
    private readonly Func<Task<bool>> _isUnchanged;
    private readonly CancellationTokenSource _lost;
    private readonly LeaseClock _clock;
    private readonly Task _renewing;

    /// <param name="lease">The lease, which has been acquired.</param>
    /// <param name="time">The clock.</param>
    /// <param name="taken">When it was asked for, as a timestamp of the clock.</param>
    /// <param name="isUnchanged">
    /// Whether nobody has written while the lease had run out; false as long as that is not known. It throws what <see cref="LoseAsync"/>
    /// gives where somebody has.
    /// </param>
    /// <param name="giveUp">Ends the wait for an unreachable storage.</param>
    public LogLease(BlobLeaseClient lease, TimeProvider time, long taken, Func<Task<bool>> isUnchanged, CancellationToken giveUp)
    {
        _lease = lease;
        _time = time;
        _isUnchanged = isUnchanged;
        _clock = new LeaseClock(time, Duration, taken);
        _lost = CancellationTokenSource.CreateLinkedTokenSource(giveUp);
        _renewing = RenewAsync();
    }

    /// <summary>The lease's id, which writes to the blob must name.</summary>
    public string Id => _lease.LeaseId;

    /// <summary>
    /// Cancelled when this executor may no longer write: another one has the log, or the time to wait for the storage is over.
    /// </summary>
    public CancellationToken Lost => _lost.Token;

    /// <inheritdoc cref="LeaseClock.ConfirmAsync"/>
    public Task ConfirmAsync(CancellationToken cancellationToken) => _clock.ConfirmAsync(cancellationToken);

    /// <summary>Cancels <see cref="Lost"/>.</summary>
    public Task GiveUpAsync() => _lost.CancelAsync();

    /// <summary>Cancels <see cref="Lost"/>, because another executor has the log.</summary>
    /// <returns>What to throw.</returns>
    public async Task<ShardLogBusyException> LoseAsync()
    {
        await _lost.CancelAsync();
        return new ShardLogBusyException();
    }

    /// <summary>
    /// Takes a lease that ran out while this executor, or the storage, stood still again under its own id; refused when another executor
    /// has taken it. If one has written and left meanwhile, the next append finds another position.
    /// </summary>
    /// <exception cref="ShardLogBusyException">Another executor has taken it.</exception>
    public async Task AcquireAgainAsync()
    {
        try
        {
            await _lease.AcquireAsync(Duration, cancellationToken: Lost);
        }
        catch (RequestFailedException held) when (LogFaults.IsAboutLease(held))
        {
            throw await LoseAsync();
        }
    }

    /// <summary>Releases the lease after the last write, or lets it expire.</summary>
    public async ValueTask DisposeAsync()
    {
        await _lost.CancelAsync();
        await _renewing;
        try
        {
            await _lease.ReleaseAsync();
        }
        catch (Exception fault) when (LogFaults.IsAboutLease(fault) || LogFaults.IsTransient(fault))
        {
            // The lease expires by itself. An executor that has lost it has nothing to release.
        }

        _lost.Dispose();
    }

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(Duration / 4, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(Lost))
            {
                await TryRenewAsync();
            }
        }
        catch (OperationCanceledException) when (Lost.IsCancellationRequested)
        {
            // The log is being given up.
        }
        catch (ShardLogBusyException)
        {
            // The token reports it.
        }
        catch
        {
            // Without renewals nothing may be sent any more, and whoever waits for one must know.
            await _lost.CancelAsync();
            throw;
        }
    }

    private async Task TryRenewAsync()
    {
        try
        {
            var (asked, mayHaveRunOut) = (_time.GetTimestamp(), _clock.MayHaveRunOut);
            try
            {
                // A dead connection must not outlast the lease: the next try takes another.
                using var patience = new CancellationTokenSource(Duration / 2, _time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(Lost, patience.Token);
                await _lease.RenewAsync(cancellationToken: either.Token);
            }
            catch (RequestFailedException expired) when (LogFaults.IsAboutLease(expired))
            {
                await AcquireAgainAsync();
                mayHaveRunOut = true;
            }

            if (!mayHaveRunOut || await _isUnchanged())
            {
                _clock.Renew(asked);
            }
        }
        catch (Exception fault) when (!Lost.IsCancellationRequested && LogFaults.IsTransient(fault))
        {
            // The next renewal may succeed. If the lease expires before, it is taken again.
        }
    }
}
