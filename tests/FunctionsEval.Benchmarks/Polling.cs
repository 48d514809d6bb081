namespace FunctionsEval.Benchmarks;

/// <summary>Waits for what is measured or recorded, without a bound: whoever started the command sees it and can stop it.</summary>
internal static class Polling
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Looks again and again until there is something.</summary>
    /// <param name="findAsync">Looks; null for nothing yet.</param>
    public static async Task<T> FindAsync<T>(Func<Task<T?>> findAsync)
        where T : class
    {
        using var timer = new PeriodicTimer(Interval);
        while (true)
        {
            if (await findAsync() is { } found)
            {
                return found;
            }

            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Looks again and again until a condition holds.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(Interval);
        while (!condition())
        {
            await timer.WaitForNextTickAsync();
        }
    }
}
