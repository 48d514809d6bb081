using System.Diagnostics;

namespace FunctionsEval.EndToEnd.Tests.Hosting;

/// <summary>
/// Waits for a condition by looking again and again, up to a deadline that only says when a test has failed: what is slow on a busy machine
/// is not wrong.
/// </summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(condition, what, Deadline);

    public static async Task TrueAsync(Func<bool> condition, string what, TimeSpan deadline)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < deadline, $"Not so after {deadline.TotalSeconds:0} s: {what}.");
            await Task.Delay(Interval, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>As <see cref="TrueAsync(Func{bool}, string)"/>, for what has to be asked for.</summary>
    public static Task TrueAsync(Func<Task<bool>> condition, string what) => TrueAsync(condition, () => what, Deadline);

    /// <summary>As <see cref="TrueAsync(Func{bool}, string)"/>, where what is waited for is only known when it does not come.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> what, TimeSpan deadline)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waited.Elapsed < deadline, $"Not so after {deadline.TotalSeconds:0} s: {what()}.");
            await Task.Delay(Interval, TestContext.Current.CancellationToken);
        }
    }

    public static Task EndedAsync(int processId, string what) =>
        TrueAsync(() => !IsRunning(processId), $"{what} (process {processId}) has ended");

    private static bool IsRunning(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
