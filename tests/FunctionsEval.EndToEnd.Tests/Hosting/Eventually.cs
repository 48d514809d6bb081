using System.Diagnostics;

namespace FunctionsEval.EndToEnd.Tests.Hosting;

/// <summary>Waits for a condition by looking again and again, up to a deadline.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
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

    public static Task EndedAsync(int processId, string what) => TrueAsync(() => !IsRunning(processId), $"{what} (process {processId}) has ended");

    private static bool IsRunning(int processId)
    {
        try
        {
            using Process process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
