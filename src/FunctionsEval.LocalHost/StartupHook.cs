using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

/// <summary>
/// Runs inside the worker process before the function app's own <c>Main</c> (the runtime finds it through
/// <c>DOTNET_STARTUP_HOOKS</c> and asks for exactly this name, outside any namespace). It ties the worker's life
/// to the host's, which the worker does not do itself: it would outlive a host that was killed.
/// </summary>
[SuppressMessage("Design", "CA1050:Declare types in namespaces", Justification = "The runtime prescribes the name.")]
internal static class StartupHook
{
    /// <summary>The environment variable that says the process is a worker of the local host.</summary>
    internal const string WorkerMarker = "FUNCTIONSEVAL_LOCALHOST_WORKER";

    /// <summary>Called by the runtime.</summary>
    public static void Initialize()
    {
        // Programs that the function app starts inherit the hook but not this role.
        if (Environment.GetEnvironmentVariable(WorkerMarker) is null)
        {
            return;
        }

        Environment.SetEnvironmentVariable(WorkerMarker, null);
        Environment.SetEnvironmentVariable("DOTNET_STARTUP_HOOKS", null);

        // Ctrl-C goes to the terminal's whole process group. In a group of its own the worker ends when the
        // host says so, after the invocations in flight.
        if (!OperatingSystem.IsWindows())
        {
            _ = SetProcessGroup(0, 0);
        }

        new Thread(EndWithHost) { IsBackground = true, Name = "end with host" }.Start();
    }

    private static void EndWithHost()
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0) { }
        // The host has ended and nothing can be reported any longer. In Azure the worker would be killed too.
        Process.GetCurrentProcess().Kill();
    }

    [DllImport("libc", EntryPoint = "setpgid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetProcessGroup(int process, int group);
}
