namespace FunctionsEval.Functions.ModelClients.Throttling;

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
/// Additive increase, multiplicative decrease, after TCP (RFC 5681): it starts at min(8, max) and grows by one for each served request
/// (slow start: doubling each round) until the endpoint first throttles. From then on it decides once a window, which is one round of at
/// least
/// <see cref="MinimumWindow"/> results: without throttling it grows by one, or by 1/8 if that is more; with throttling it is cut
/// by the share of slot time that refused requests took, so to what the endpoint did serve, but at most by half.
/// <para>
/// A cut is a trial. It stays if it helped: the refused share fell by half, or as much was served a second with far fewer slots. If not,
/// the throttling has nothing to do
/// with this process's concurrency (an endpoint that refuses at random, other tenants' load): the cut is taken back, and that share of
/// refusals is the background, above which
/// throttling must rise to count. The background fades, so that the trial is repeated now and then.
/// </para>
/// <para>
/// An endpoint that served nobody for <see cref="Away"/> was away, and the cuts of that time say nothing about it: once it serves again,
/// the doubling begins anew.
/// </para>
/// Grows only while all slots are in use: an idle model teaches nothing.
/// </remarks>
internal sealed class ConcurrencyLimiter
{
    /// <summary>Results a window consists of at least, so that shares and rates are worth comparing.</summary>
    internal const int MinimumWindow = 16;

    private const int InitialLimit = 8;

    // Cuts shallower than this change the served rate by no more than chance does.
    private const double DeepCut = 0.75;

    // Refusals this much above the background count.
    private const double BackgroundMargin = 1.5;

    // An endpoint that refuses more than this is short of something, whatever the trial said.
    private const double MaxBackground = 0.5;

    // Per window: back below the margin after about forty.
    private const double BackgroundFading = 0.99;

    // Endpoints count requests by the second or longer, so that refusals come in bursts: a shorter trial would compare a burst with a
    // pause.
    private static readonly TimeSpan Trial = TimeSpan.FromSeconds(1);

    // Longer than a burst of refusals lasts.
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private readonly TimeProvider _time;
    private readonly int _max;

    private int _limit;
    private int _inFlight;
    private long _calls;
    private long _throttled;

    private long _lastServed;
    private bool _wasRefusedSince;

    private bool _slowStart = true;
    private int _settling;
    private Window _window;
    private double _background;

    // Below it, which has been served before, growth is by 1/8; above it, by one.
    private int _knee;

    // The window that led to the cut on trial, and the limit to go back to; 0 when there is no trial.
    private int _limitBeforeCut;
    private Window _beforeCut;

    /// <summary>Creates a limiter.</summary>
    /// <param name="max">Upper bound that is never exceeded.</param>
    /// <param name="time">The clock by which rates are measured.</param>
    public ConcurrencyLimiter(int max, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        _max = max;
        _time = time;
        _knee = max;
        _limit = Math.Min(InitialLimit, max);
        _lastServed = time.GetTimestamp();
        StartWindow();
    }

    /// <summary>The state at this moment.</summary>
    public LimiterSnapshot Snapshot()
    {
        lock (_lock)
        {
            return new LimiterSnapshot(_inFlight, _limit, _waiting.Count, _calls, _throttled);
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
            if (_waiting.Count == 0 && _inFlight < _limit)
            {
                _inFlight++;
                return Task.CompletedTask;
            }
            _window.Saturated = true;
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
            _window.Saturated |= _inFlight >= _limit;
            _inFlight--;
            _calls++;
            if (result == SlotResult.Throttled)
            {
                _throttled++;
            }

            Learn(result, took);
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

    private void Learn(SlotResult result, TimeSpan took)
    {
        if (IsBack(result))
        {
            (_slowStart, _limitBeforeCut, _knee) = (true, 0, _max);
            SetLimit(_limit);
        }
        if (_settling > 0)
        {
            // Sent under the previous limit: it belongs to neither side of the comparison.
            if (--_settling == 0)
            {
                StartWindow();
            }

            return;
        }
        if (_slowStart)
        {
            LearnInSlowStart(result);
            return;
        }

        _window.Results++;
        if (result == SlotResult.Served)
        {
            _window.Served++;
            _window.ServedTime += took;
        }
        else if (result == SlotResult.Throttled)
        {
            _window.Throttled++;
            _window.ThrottledTime += took;
        }
        if (_window.Results >= Math.Max(_limit, MinimumWindow) && (_limitBeforeCut == 0 || _time.GetElapsedTime(_window.Started) >= Trial))
        {
            EndWindow();
        }
    }

    /// <summary>Whether this is the first request to be served after a time in which all were refused.</summary>
    private bool IsBack(SlotResult result)
    {
        _wasRefusedSince |= result == SlotResult.Throttled;
        if (result != SlotResult.Served)
        {
            return false;
        }

        var isBack = _wasRefusedSince && _time.GetElapsedTime(_lastServed) >= Away;
        (_lastServed, _wasRefusedSince) = (_time.GetTimestamp(), false);
        return isBack;
    }

    private void LearnInSlowStart(SlotResult result)
    {
        if (result == SlotResult.Throttled)
        {
            _slowStart = false;
            StartWindow();
        }
        else if (result == SlotResult.Served && _window.Saturated && _limit < _max)
        {
            _limit++;
            _window.Saturated = false;
        }
    }

    private void EndWindow()
    {
        _window.Lasted = _time.GetElapsedTime(_window.Started);
        _background *= BackgroundFading;
        if (_limitBeforeCut > 0)
        {
            JudgeCut();
        }
        else if (_window.ThrottledShare > _background * BackgroundMargin)
        {
            if (_limit > 1)
            {
                StartCut();
            }
        }
        else if (_window.Saturated)
        {
            _limit = Math.Min(_max, _limit + (_limit < _knee ? Math.Max(1, _limit / 8) : 1));
        }

        StartWindow();
    }

    private void StartCut()
    {
        (_limitBeforeCut, _beforeCut) = (_limit, _window);
        var kept = Math.Max(0.5, _window.ServedTimeShare);
        SetLimit(Math.Max(1, Math.Min(_limit - 1, (int)(_limit * kept))));
    }

    private void JudgeCut()
    {
        var kept = (double)_limit / _limitBeforeCut;
        if (_window.ThrottledShare > _beforeCut.ThrottledShare / 2)
        {
            if (kept > DeepCut && _limit > 1)
            {
                // Too shallow to tell whether it did anything: cut deeper before judging.
                SetLimit(Math.Max(1, (int)(_limitBeforeCut * DeepCut)));
                return;
            }
            // Half way between a rate that fell along with the slots and one that did not fall. With slots to spare, it fell for want of
            // work.
            if (_window.Saturated && _window.ServedRate < _beforeCut.ServedRate * (1 + kept) / 2)
            {
                _background = Math.Min(MaxBackground, Math.Max(_window.ThrottledShare, _beforeCut.ThrottledShare));
                _knee = _max;
                SetLimit(_limitBeforeCut);
                _limitBeforeCut = 0;
                return;
            }
        }
        _knee = _limit;
        _limitBeforeCut = 0;
    }

    private void SetLimit(int limit)
    {
        _limit = limit;
        _settling = _inFlight;
    }

    private void StartWindow() => _window = new Window { Started = _time.GetTimestamp() };

    /// <summary>What the results of one round add up to.</summary>
    private struct Window
    {
        public long Started;
        public TimeSpan Lasted;
        public int Results;
        public int Served;
        public int Throttled;
        public TimeSpan ServedTime;
        public TimeSpan ThrottledTime;
        public bool Saturated;

        public readonly double ThrottledShare => Results == 0 ? 0 : (double)Throttled / Results;

        public readonly double ServedTimeShare =>
            ServedTime + ThrottledTime is var all && all > TimeSpan.Zero ? ServedTime / all : 1 - ThrottledShare;

        public readonly double ServedRate => Served / Math.Max(Lasted.TotalSeconds, 1e-6);
    }
}
