namespace FunctionsEval.Functions.ModelClients.Throttling;

/// <summary>What a model's limiter is doing at one moment.</summary>
/// <param name="InFlight">Requests under way.</param>
/// <param name="Limit">Requests allowed at once at this moment.</param>
/// <param name="Waiting">Requests waiting for their turn.</param>
/// <param name="Calls">Requests that have ended since the process started.</param>
/// <param name="Throttled">Those of them that the endpoint refused for lack of capacity (429, 503, 529).</param>
internal readonly record struct LimiterSnapshot(int InFlight, int Limit, int Waiting, long Calls, long Throttled);

/// <summary>Bounds the concurrent requests to one model for the whole process, by an <see cref="AdaptiveLimit"/>.</summary>
internal sealed class ConcurrencyLimiter
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private readonly AdaptiveLimit _limit;

    private int _inFlight;
    private long _calls;
    private long _throttled;

    /// <summary>Creates a limiter.</summary>
    /// <param name="max">Upper bound that is never exceeded.</param>
    /// <param name="time">The clock by which rates are measured.</param>
    public ConcurrencyLimiter(int max, TimeProvider time) => _limit = new AdaptiveLimit(max, time);

    /// <summary>The state at this moment.</summary>
    public LimiterSnapshot Snapshot()
    {
        lock (_lock)
        {
            return new LimiterSnapshot(_inFlight, _limit.Current, _waiting.Count, _calls, _throttled);
        }
    }

    /// <summary>Waits for a slot, first come first served. Each one taken must be given back by <see cref="Release"/>.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before a slot was free.</exception>
    public Task AcquireAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<TaskCompletionSource> node;
        lock (_lock)
        {
            if (_waiting.Count == 0 && _inFlight < _limit.Current)
            {
                _inFlight++;
                return Task.CompletedTask;
            }
            _limit.Saturate();
            node = _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        return WaitAsync(node, cancellationToken);
    }

    /// <summary>Gives a slot back and learns from how the request ended.</summary>
    /// <param name="result">How it ended.</param>
    /// <param name="took">Time the request took, from sending it to its end.</param>
    public void Release(SlotResult result, TimeSpan took)
    {
        lock (_lock)
        {
            if (_inFlight >= _limit.Current)
            {
                _limit.Saturate();
            }

            _inFlight--;
            _calls++;
            if (result == SlotResult.Throttled)
            {
                _throttled++;
            }

            _limit.Learn(result, took, _inFlight);
            while (_inFlight < _limit.Current && _waiting.First is { } next)
            {
                _waiting.RemoveFirst();
                _inFlight++;
                next.Value.SetResult();
            }
        }
    }

    private async Task WaitAsync(LinkedListNode<TaskCompletionSource> node, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(
            _ =>
            {
                lock (_lock)
                {
                    // Not in the list any more: the slot was granted first, and the caller will see the cancellation itself.
                    if (node.List is null)
                    {
                        return;
                    }

                    _waiting.Remove(node);
                }
                node.Value.SetCanceled(cancellationToken);
            },
            null
        );
        await node.Value.Task;
    }
}
