using System.Diagnostics;
using System.Globalization;
using FunctionsEval.LocalHost.Hosting;

namespace FunctionsEval.Benchmarks.Pipeline;

/// <summary>CPU time of the processes of a pipeline.</summary>
internal readonly record struct StackCpu(TimeSpan Worker, TimeSpan Host, TimeSpan Azurite, TimeSpan Endpoint)
{
    public static StackCpu operator -(StackCpu after, StackCpu before) =>
        new(after.Worker - before.Worker, after.Host - before.Host, after.Azurite - before.Azurite, after.Endpoint - before.Endpoint);
}

/// <summary>The processes of a pipeline. On Linux, where the parent of a process can be read.</summary>
/// <param name="Worker">The worker.</param>
/// <param name="Host">The host.</param>
/// <param name="Azurite">The storage.</param>
/// <param name="Endpoint">The endpoint; null for one of somebody else.</param>
internal sealed record StackProcesses(int Worker, int Host, int Azurite, int? Endpoint)
{
    /// <summary>Finds the processes.</summary>
    /// <param name="instance">The host.</param>
    /// <param name="azurite">The storage, where the host did not start it.</param>
    /// <param name="endpoint">The endpoint; null for one of somebody else.</param>
    public static StackProcesses Find(LocalInstance instance, int? azurite, int? endpoint) =>
        new(instance.WorkerPid, instance.HostPid, azurite ?? FindChild(instance.HostPid, "node"), endpoint);

    /// <summary>What the processes have used.</summary>
    public StackCpu ReadCpu() => new(Cpu(Worker), Cpu(Host), Cpu(Azurite), Endpoint is { } endpoint ? Cpu(endpoint) : TimeSpan.Zero);

    /// <summary>The most memory that the worker has had, in bytes.</summary>
    public long ReadWorkerPeak() => ReadPeak(Worker);

    /// <summary>The most memory that the host has had, in bytes.</summary>
    public long ReadHostPeak() => ReadPeak(Host);

    private static long ReadPeak(int id)
    {
        using var process = Process.GetProcessById(id);
        return process.PeakWorkingSet64;
    }

    private static TimeSpan Cpu(int id)
    {
        using var process = Process.GetProcessById(id);
        return process.TotalProcessorTime;
    }

    private static int FindChild(int parent, string name)
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var id) && IsChild(directory, parent, name))
            {
                return id;
            }
        }

        throw new InvalidOperationException($"Process {parent} has no child {name}.");
    }

    /// <summary>Reads <c>pid (name) state parent …</c>.</summary>
    private static bool IsChild(string directory, int parent, string name)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(directory, "stat"));
            var end = text.LastIndexOf(')');
            return text[..end].EndsWith($"({name}", StringComparison.Ordinal)
                && text[(end + 2)..].Split(' ')[1] == parent.ToString(CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return false; // It has ended.
        }
    }
}
