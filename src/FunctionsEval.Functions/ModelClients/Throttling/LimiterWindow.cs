namespace FunctionsEval.Functions.ModelClients.Throttling;

/// <summary>What the results of one round of requests add up to.</summary>
internal struct LimiterWindow
{
    private TimeSpan _servedTime;
    private TimeSpan _throttledTime;
    private int _served;
    private int _throttled;

    /// <summary>When it began, as a timestamp of the clock.</summary>
    public long Started { get; init; }

    /// <summary>How long it lasted; set when it ends.</summary>
    public TimeSpan Lasted { get; set; }

    /// <summary>Results in it.</summary>
    public int Results { get; private set; }

    /// <summary>Whether all slots were in use at some time of it.</summary>
    public bool Saturated { get; set; }

    /// <summary>The share of the results that were refused for lack of capacity.</summary>
    public readonly double ThrottledShare => Results == 0 ? 0 : (double)_throttled / Results;

    /// <summary>The share of the slots' time that served requests took.</summary>
    public readonly double ServedTimeShare =>
        _servedTime + _throttledTime is var all && all > TimeSpan.Zero ? _servedTime / all : 1 - ThrottledShare;

    /// <summary>Served requests a second.</summary>
    public readonly double ServedRate => _served / Math.Max(Lasted.TotalSeconds, 1e-6);

    /// <summary>Adds a result.</summary>
    /// <param name="result">How a request ended.</param>
    /// <param name="took">Time it took.</param>
    public void Add(SlotResult result, TimeSpan took)
    {
        Results++;
        if (result == SlotResult.Served)
        {
            _served++;
            _servedTime += took;
        }
        else if (result == SlotResult.Throttled)
        {
            _throttled++;
            _throttledTime += took;
        }
    }
}
