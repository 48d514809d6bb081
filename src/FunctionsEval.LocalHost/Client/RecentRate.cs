namespace FunctionsEval.LocalHost.Client;

/// <summary>How fast a count grows, over the last ten seconds.</summary>
internal sealed class RecentRate(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly Queue<(long Timestamp, long Count)> _seen = new();

    /// <summary>Takes the count as it is now.</summary>
    /// <returns>How much it grows a second; null while less than a second has been seen.</returns>
    public double? Add(long count)
    {
        var now = time.GetTimestamp();
        _seen.Enqueue((now, count));
        // The window begins with the last count that is as old as it.
        while (_seen.Count > 2 && time.GetElapsedTime(_seen.ElementAt(1).Timestamp, now) >= Window)
        {
            _seen.Dequeue();
        }

        var (since, before) = _seen.Peek();
        var elapsed = time.GetElapsedTime(since, now);
        return elapsed < Shortest ? null : Math.Max(0, count - before) / elapsed.TotalSeconds;
    }
}
