using System.Diagnostics;
using FunctionsEval.Hooks;

namespace FunctionsEval.Functions.Tests.Hooks;

/// <summary>A program <c>az</c> in a folder of its own, which notes what it is called with.</summary>
internal sealed class FakeAzureCli : IDisposable
{
    private readonly string _calls;

    /// <param name="script">Lines of a shell script; <c>$*</c> has the arguments, and <c>$calls</c> the number of calls with it.</param>
    public FakeAzureCli(string script)
    {
        Folder = Directory.CreateTempSubdirectory("functionseval-az-").FullName;
        _calls = Path.Combine(Folder, "calls");
        File.WriteAllText(_calls, "");
        var program = Path.Combine(Folder, "az");
        Write(program, $"#!/bin/sh\necho \"$*\" >> '{_calls}'\ncalls=$(wc -l < '{_calls}')\n{script}\n");
        Cli = new AzureCli(program);
    }

    public string Folder { get; }

    public AzureCli Cli { get; }

    /// <summary>The arguments of each call.</summary>
    public IReadOnlyList<string> Calls => File.ReadAllLines(_calls);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>
    /// Has another process write the program. A process that another test starts meanwhile would inherit this one's open file, and a program
    /// that somebody has open for writing cannot be started ("Text file busy").
    /// </summary>
    private static void Write(string program, string text)
    {
        var start = new ProcessStartInfo("sh", ["-c", "cat > \"$0\" && chmod +x \"$0\"", program]) { RedirectStandardInput = true };
        using var process = Process.Start(start)!;
        process.StandardInput.Write(text);
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}

/// <summary>A clock on which every wait is over at once, and has taken as long as it should.</summary>
internal sealed class SkippingTime : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 1, 0, 10, 0, TimeSpan.Zero).AddTicks(GetTimestamp());

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero)
        {
            Interlocked.Add(ref _ticks, dueTime.Ticks);
        }

        return System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
    }
}
