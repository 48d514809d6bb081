using System.Diagnostics.CodeAnalysis;

namespace FunctionsEval.Functions.ModelClients.Throttling;

/// <summary>
/// Where a model's requests wait to be sent: for its token buckets, then for a slot. They are let through in the order in which they came,
/// so that small requests do not overtake a large one for ever. None holds a slot while it waits for a bucket.
/// </summary>
/// <param name="requests">Requests a minute; null for no bound.</param>
/// <param name="tokens">Tokens a minute; null for no bound.</param>
/// <param name="slots">Requests at a time.</param>
[SuppressMessage(
    "Design",
    "CA1001",
    Justification = "The semaphore has no wait handle, so it holds nothing to give back; the line lives as long as its model."
)]
internal sealed class RequestLine(TokenBucket? requests, TokenBucket? tokens, ConcurrencyLimiter slots)
{
    private readonly SemaphoreSlim _first = new(1);
    private int _forBuckets;

    /// <summary>Whether requests wait, so that another one would only wait behind them.</summary>
    public bool HasWaiting => Volatile.Read(ref _forBuckets) > 0 || slots.Snapshot().Waiting > 0;

    /// <summary>Waits until a request may be sent, takes its slot and acquires its tokens.</summary>
    /// <param name="estimate">Tokens it may take.</param>
    /// <param name="cancellationToken">Leaves the line.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled first; nothing was taken.</exception>
    public async Task PassAsync(int estimate, CancellationToken cancellationToken)
    {
        if (requests is null && tokens is null)
        {
            await slots.AcquireAsync(cancellationToken);
            return;
        }

        Interlocked.Increment(ref _forBuckets);
        try
        {
            await _first.WaitAsync(cancellationToken);
        }
        catch
        {
            Interlocked.Decrement(ref _forBuckets);
            throw;
        }

        try
        {
            // Only the first in line acquires, so what one bucket allows is still there when the other and the slot do.
            if (requests is not null)
            {
                await requests.WaitAsync(1, cancellationToken);
            }

            if (tokens is not null)
            {
                await tokens.WaitAsync(estimate, cancellationToken);
            }

            await slots.AcquireAsync(cancellationToken);
            // Acquired when the request is sent, not before. Otherwise requests that waited for a slot would be sent on top of a later
            // minute's requests.
            requests?.Acquire(1);
            tokens?.Acquire(estimate);
        }
        finally
        {
            Interlocked.Decrement(ref _forBuckets);
            _first.Release();
        }
    }
}
