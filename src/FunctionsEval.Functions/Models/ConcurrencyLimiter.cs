namespace FunctionsEval.Functions.Models;

/// <summary>What a model's limiter is doing at one moment.</summary>
/// <param name="InFlight">Requests under way.</param>
/// <param name="Limit">Requests allowed at once at this moment.</param>
/// <param name="Waiting">Requests waiting for their turn.</param>
/// <param name="Calls">Requests that have ended since the process started.</param>
/// <param name="Throttled">Those of them that the endpoint refused for lack of capacity (429, 503, 529).</param>
internal readonly record struct LimiterSnapshot(int InFlight, int Limit, int Waiting, long Calls, long Throttled);

/// <summary>How a request ended, as far as the limiter is concerned.</summary>
internal enum SlotResult
{
    /// <summary>The endpoint did its work (an answer, or an error that is not about capacity).</summary>
    Served,

    /// <summary>The endpoint refused for lack of capacity.</summary>
    Throttled,

    /// <summary>Nothing can be learned from it (cancelled, timed out, connection lost).</summary>
    Unknown,
}

/// <summary>Bounds the concurrent requests to one model for the whole process, and finds the bound that suits the endpoint.</summary>
/// <remarks>
/// Additive increase, multiplicative decrease, after TCP (RFC 5681):
/// it starts at min(8, max) and grows by one for each served request (slow start: doubling each round) until the endpoint first throttles.
/// From then on it decides once a window, which is one round of at least <see cref="MinimumWindow"/> results: without throttling it grows (by one, or 1/16th if that is more); with throttling it halves.
/// A cut is a trial: were as many requests a second served with half the slots, the endpoint's limit had been exceeded and the cut stays.
/// If the served rate fell along with the slots, the throttling has nothing to do with concurrency (an endpoint that refuses at random, another tenant's load);
/// then the cut is taken back and the next trial is put off for twice as many windows as the last time.
/// Grows only while all slots are in use: an idle model teaches nothing.
/// </remarks>
internal sealed class ConcurrencyLimiter
{
    /// <summary>Results a window consists of at least, so that a rate is worth comparing.</summary>
    internal const int MinimumWindow = 16;

    private const int InitialLimit = 8;

    // A cut by half that leaves more than this share of the served rate has only shed excess.
    private const double KeptRate = 0.75;

    private const int LongestReprieve = 64;

    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private readonly TimeProvider _time;
    private readonly int _max;

    private int _limit;
    private int _inFlight;
    private long _calls;
    private long _throttled;

    private bool _slowStart = true;
    private int _settling;
    private long _windowStarted;
    private int _windowResults;
    private int _windowServed;
    private int _windowThrottled;
    private bool _windowSaturated;

    private int _limitBeforeCut;
    private double _rateBeforeCut;
    private int _reprieve;
    private int _nextReprieve = 1;

    /// <summary>Creates a limiter.</summary>
    /// <param name="max">Upper bound that is never exceeded.</param>
    /// <param name="time">The clock by which rates are measured.</param>
    public ConcurrencyLimiter(int max, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        _max = max;
        _time = time;
        _limit = Math.Min(InitialLimit, max);
        _windowStarted = time.GetTimestamp();
    }

    /// <summary>The state at this moment.</summary>
    public LimiterSnapshot Snapshot()
    {
        lock (_lock)
            return new LimiterSnapshot(_inFlight, _limit, _waiting.Count, _calls, _throttled);
    }

    /// <summary>Waits for a slot, first come first served. Each one taken must be given back by <see cref="Release"/>.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before a slot was free.</exception>
    public Task AcquireAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<TaskCompletionSource> node;
        lock (_lock)
        {
            if (_waiting.Count == 0 && _inFlight < _limit)
            {
                _inFlight++;
                return Task.CompletedTask;
            }
            _windowSaturated = true;
            node = _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        return WaitAsync(node, cancellationToken);
    }

    /// <summary>Gives a slot back and learns from how the request ended.</summary>
    public void Release(SlotResult result)
    {
        lock (_lock)
        {
            _windowSaturated |= _inFlight >= _limit;
            _inFlight--;
            _calls++;
            if (result == SlotResult.Throttled)
                _throttled++;
            Learn(result);
            while (_inFlight < _limit && _waiting.First is { } next)
            {
                _waiting.RemoveFirst();
                _inFlight++;
                next.Value.SetResult();
            }
        }
    }

    private async Task WaitAsync(LinkedListNode<TaskCompletionSource> node, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(_ =>
        {
            lock (_lock)
            {
                // Not in the list any more: the slot was granted first, and the caller will see the cancellation itself.
                if (node.List is null)
                    return;
                _waiting.Remove(node);
            }
            node.Value.SetCanceled(cancellationToken);
        }, null);
        await node.Value.Task;
    }

    private void Learn(SlotResult result)
    {
        if (_settling > 0)
        {
            // Sent under the previous limit: its timing belongs to neither side of the comparison.
            if (--_settling == 0)
                StartWindow();
            return;
        }

        _windowResults++;
        if (result == SlotResult.Served)
            _windowServed++;
        else if (result == SlotResult.Throttled)
            _windowThrottled++;

        if (_slowStart)
        {
            if (result == SlotResult.Throttled)
            {
                _slowStart = false;
                StartWindow();
                _windowThrottled = 1;
            }
            else if (result == SlotResult.Served && _windowSaturated && _limit < _max)
            {
                _limit++;
                _windowSaturated = false;
            }
            return;
        }

        if (_windowResults >= Math.Max(_limit, MinimumWindow))
            EndWindow();
    }

    private void EndWindow()
    {
        double seconds = Math.Max(_time.GetElapsedTime(_windowStarted).TotalSeconds, 1e-6);
        double rate = _windowServed / seconds;

        if (_limitBeforeCut > 0)
        {
            if (rate < KeptRate * _rateBeforeCut)
            {
                _limit = _limitBeforeCut;
                _reprieve = _nextReprieve;
                _nextReprieve = Math.Min(_nextReprieve * 2, LongestReprieve);
                _settling = _inFlight;
            }
            else
            {
                _nextReprieve = 1;
            }
            _limitBeforeCut = 0;
        }
        else if (_windowThrottled > 0 && _reprieve == 0)
        {
            if (_limit > 1)
            {
                _limitBeforeCut = _limit;
                _rateBeforeCut = rate;
                _limit /= 2;
                _settling = _inFlight;
            }
        }
        else
        {
            if (_reprieve > 0)
                _reprieve--;
            if (_windowSaturated)
                _limit = Math.Min(_max, _limit + Math.Max(1, _limit / 16));
        }
        StartWindow();
    }

    private void StartWindow()
    {
        _windowStarted = _time.GetTimestamp();
        _windowResults = _windowServed = _windowThrottled = 0;
        _windowSaturated = false;
    }
}
