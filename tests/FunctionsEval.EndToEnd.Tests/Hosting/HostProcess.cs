using System.Diagnostics;
using FunctionsEval.LocalHost.Hosting;

namespace FunctionsEval.EndToEnd.Tests.Hosting;

/// <summary>The local host as a person starts it: a process of its own, in a directory of its own.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _instancePath;
    private readonly Task<string> _errors;

    private HostProcess(Process process, string instancePath)
    {
        _process = process;
        _instancePath = instancePath;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Runs <c>up</c> on free ports in <paramref name="directory"/>.</summary>
    public static HostProcess Start(string directory, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [typeof(LocalFunctionsHost).Assembly.Location, "up", "--app-port", "0", "--no-samples", .. arguments]
        )
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        return new HostProcess(process, Path.Combine(directory, InstanceFile.DefaultPath));
    }

    /// <summary>Waits until the host has announced itself.</summary>
    public async Task<LocalInstance> ReadyAsync()
    {
        await Eventually.TrueAsync(() => _process.HasExited || InstanceFile.Find(_instancePath) is not null, "the host is ready");
        Assert.False(_process.HasExited, _process.HasExited ? await _errors : "");
        return InstanceFile.Find(_instancePath)!;
    }

    /// <summary>Ends it without a chance to react.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Asks it to stop, as a service manager does.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits for the end.</summary>
    public async Task<(int ExitCode, string Errors)> EndedAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(5));
        return (_process.ExitCode, await _errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
