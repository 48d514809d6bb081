using System.Diagnostics;

namespace FunctionsEval.LocalHost.Machine;

/// <summary>A process that can be recognised again later: ids are reused, so the time it started belongs to it.</summary>
/// <param name="Id">The process id.</param>
/// <param name="StartedUtc">When it started, UTC.</param>
internal sealed record ProcessIdentity(int Id, DateTime StartedUtc)
{
    // The operating system reports the start in clock ticks since boot, so two readings can differ a little.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    /// <summary>This very process.</summary>
    public static ProcessIdentity Current => From(Process.GetCurrentProcess());

    /// <summary>The identity of a running process.</summary>
    public static ProcessIdentity From(Process process) => new(process.Id, process.StartTime.ToUniversalTime());

    /// <summary>Opens the process if it still runs.</summary>
    public Process? Find()
    {
        try
        {
            var process = Process.GetProcessById(Id);
            if (!process.HasExited && (process.StartTime.ToUniversalTime() - StartedUtc).Duration() < Tolerance)
            {
                return process;
            }

            process.Dispose();
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            // It ended before, or while, it was looked at.
        }
        return null;
    }
}
