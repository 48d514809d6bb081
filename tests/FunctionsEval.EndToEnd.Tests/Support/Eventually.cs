using System.Diagnostics;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>Waits for conditions instead of sleeping.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Polls until <paramref name="probe"/> gives something.</summary>
    /// <param name="what">What is waited for, for the failure message.</param>
    /// <param name="probe">Null while it is not there yet.</param>
    /// <param name="within">How long to wait; a minute by default.</param>
    public static async Task<T> GetAsync<T>(string what, Func<Task<T?>> probe, TimeSpan? within = null)
        where T : class
    {
        var limit = within ?? TimeSpan.FromMinutes(1);
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(Interval);
        while (true)
        {
            if (await probe() is { } found)
                return found;
            Assert.True(watch.Elapsed < limit, $"Waited {limit.TotalSeconds:0} s for {what}.");
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Polls until <paramref name="condition"/> holds.</summary>
    public static Task<object> TrueAsync(string what, Func<bool> condition, TimeSpan? within = null) =>
        GetAsync(what, () => Task.FromResult(condition() ? new object() : null), within);
}
