namespace FunctionsEval.Functions.ModelClients.Throttling;

/// <summary>Finds the number of concurrent requests that suits an endpoint. Not safe for use by several threads at once.</summary>
/// <remarks>
/// Additive increase, multiplicative decrease, after TCP (RFC 5681): it starts at min(8, max) and grows by one for each served request
/// (slow start: doubling each round) until the endpoint first throttles. From then on it decides once a window, which is one round of at
/// least <see cref="MinWindow"/> results: without throttling it grows by one, or by 1/8 if that is more; with throttling it is cut by the
/// share of slot time that refused requests took, so to what the endpoint did serve, but at most by half.
/// <para>
/// A cut is a trial. It stays if it helped: the refused share fell by half, or as much was served a second with far fewer slots. If not,
/// the throttling has nothing to do with this process's concurrency (an endpoint that refuses at random, other tenants' load): the cut is
/// taken back, and that share of refusals is the background, above which throttling must rise to count. The background
/// fades, so that the trial is repeated now and then.
/// </para>
/// <para>
/// An endpoint that served nobody for <see cref="Away"/> was away, and the cuts of that time say nothing about it: once it serves again,
/// the doubling begins anew.
/// </para>
/// Grows only while all slots are in use: an idle model teaches nothing.
/// </remarks>
internal sealed class AdaptiveLimit
{
    /// <summary>Results a window consists of at least, so that shares and rates are worth comparing.</summary>
    internal const int MinWindow = 16;

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

    private readonly TimeProvider _time;
    private readonly int _max;

    private int _inFlight;
    private long _lastServed;
    private bool _wasRefusedSince;

    private bool _slowStart = true;
    private int _settling;
    private LimiterWindow _window;
    private double _background;

    // Below this limit, which was served before, growth is by 1/8; above it, by one.
    private int _knee;

    // The window that led to the cut on trial, and the limit to go back to; 0 when there is no trial.
    private int _limitBeforeCut;
    private LimiterWindow _beforeCut;

    /// <summary>Creates a limit.</summary>
    /// <param name="max">Upper bound that is never exceeded.</param>
    /// <param name="time">The clock by which rates are measured.</param>
    public AdaptiveLimit(int max, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        _max = max;
        _time = time;
        _knee = max;
        Current = Math.Min(InitialLimit, max);
        _lastServed = time.GetTimestamp();
        StartWindow();
    }

    /// <summary>Requests allowed at once at this moment.</summary>
    public int Current { get; private set; }

    /// <summary>Records that all slots were in use or requested: the limit grows only then.</summary>
    public void Saturate() => _window.Saturated = true;

    /// <summary>Learns from how a request ended.</summary>
    /// <param name="result">How.</param>
    /// <param name="took">Time the request took, from sending it to its end.</param>
    /// <param name="inFlight">Requests that are still under way.</param>
    public void Learn(SlotResult result, TimeSpan took, int inFlight)
    {
        _inFlight = inFlight;
        if (IsBack(result))
        {
            (_slowStart, _limitBeforeCut, _knee) = (true, 0, _max);
            SetLimit(Current);
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

        _window.Add(result, took);
        if (_window.Results >= Math.Max(Current, MinWindow) && (_limitBeforeCut == 0 || _time.GetElapsedTime(_window.Started) >= Trial))
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
        else if (result == SlotResult.Served && _window.Saturated && Current < _max)
        {
            Current++;
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
            if (Current > 1)
            {
                StartCut();
            }
        }
        else if (_window.Saturated)
        {
            Current = Math.Min(_max, Current + (Current < _knee ? Math.Max(1, Current / 8) : 1));
        }

        StartWindow();
    }

    private void StartCut()
    {
        (_limitBeforeCut, _beforeCut) = (Current, _window);
        var kept = Math.Max(0.5, _window.ServedTimeShare);
        SetLimit(Math.Max(1, Math.Min(Current - 1, (int)(Current * kept))));
    }

    private void JudgeCut()
    {
        var kept = (double)Current / _limitBeforeCut;
        if (_window.ThrottledShare > _beforeCut.ThrottledShare / 2)
        {
            if (kept > DeepCut && Current > 1)
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
        _knee = Current;
        _limitBeforeCut = 0;
    }

    private void SetLimit(int limit)
    {
        Current = limit;
        _settling = _inFlight;
    }

    private void StartWindow() => _window = new LimiterWindow { Started = _time.GetTimestamp() };
}
