namespace FunctionsEval.LocalHost.Client;

/// <summary>
/// Pauses between two looks at a run: a sixteenth of the time that has passed, within bounds, so that a short run is shown at once and a
/// long one costs few requests.
/// </summary>
/// <param name="Shortest">The first pause.</param>
/// <param name="Longest">The pause of long runs.</param>
internal sealed record PollingPauses(TimeSpan Shortest, TimeSpan Longest)
{
    private const int Part = 16;

    /// <summary>For an app on this machine.</summary>
    public static PollingPauses Local { get; } = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(500));

    /// <summary>For an app somewhere else.</summary>
    public static PollingPauses Remote { get; } = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(2));

    /// <summary>The pause after a time of waiting.</summary>
    public TimeSpan After(TimeSpan waited) => TimeSpan.FromTicks(Math.Clamp(waited.Ticks / Part, Shortest.Ticks, Longest.Ticks));
}
