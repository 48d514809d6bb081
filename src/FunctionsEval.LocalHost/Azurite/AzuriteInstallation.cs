using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Azurite;

/// <summary>Installs Azurite, as pinned by <c>package-lock.json</c>, where and when it is missing.</summary>
internal static class AzuriteInstallation
{
    private const int MinNode = 20;
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(5);

    /// <summary>Runs <c>npm ci</c> in <paramref name="directory"/> unless an earlier run finished there with the same lock file.</summary>
    /// <exception cref="LocalHostException">Node.js is missing or too old, or the installation failed.</exception>
    public static async Task EnsureAsync(string directory, Action<string> notice, CancellationToken cancellationToken)
    {
        if (IsInstalled(directory))
        {
            return;
        }

        using var guard = await EnterAsync(Path.Combine(directory, ".install.lock"), cancellationToken);
        if (IsInstalled(directory))
        {
            return;
        }

        await CheckNodeAsync(cancellationToken);
        notice("Installing Azurite, the storage emulator (npm ci, once) …");
        (var exitCode, var output) = await RunAsync(
            OperatingSystem.IsWindows() ? "npm.cmd" : "npm",
            ["ci", "--no-audit", "--no-fund"],
            directory,
            cancellationToken
        );
        if (exitCode != 0)
        {
            throw new LocalHostException(
                $"Azurite could not be installed: 'npm ci' in '{directory}' ended with exit code {exitCode}.\n{output.Trim()}"
            );
        }

        await File.WriteAllTextAsync(MarkerOf(directory), Fingerprint(directory), cancellationToken);
    }

    /// <summary>Checks that <c>node</c> can run Azurite.</summary>
    /// <exception cref="LocalHostException">Node.js is missing or too old.</exception>
    public static async Task CheckNodeAsync(CancellationToken cancellationToken)
    {
        (var exitCode, var output) = await RunAsync("node", ["--version"], Environment.CurrentDirectory, cancellationToken);
        var version = output.Trim();
        if (exitCode != 0 || !int.TryParse(version.TrimStart('v').Split('.')[0], out var major) || major < MinNode)
        {
            throw new LocalHostException(
                $"Azurite, the storage emulator, needs Node.js {MinNode} or newer; 'node --version' says '{version}'."
            );
        }
    }

    // npm ci begins by deleting node_modules, so the marker exists only while a finished installation does.
    private static string MarkerOf(string directory) => Path.Combine(directory, "node_modules", ".functionseval-installed");

    private static bool IsInstalled(string directory) =>
        File.Exists(MarkerOf(directory)) && File.ReadAllText(MarkerOf(directory)) == Fingerprint(directory);

    private static string Fingerprint(string directory) =>
        Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(directory, "package-lock.json"))));

    /// <summary>Waits until no other process installs in the same folder.</summary>
    private static async Task<FileStream> EnterAsync(string lockFile, CancellationToken cancellationToken)
    {
        var waiting = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException error) when (File.Exists(lockFile))
            {
                if (waiting.Elapsed > InstallTimeout)
                {
                    throw new LocalHostException(
                        $"Another process has been installing Azurite for {InstallTimeout.TotalMinutes:0} minutes (lock "
                            + $"file '{lockFile}').",
                        error
                    );
                }

                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
            }
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(
        string program,
        string[] arguments,
        string directory,
        CancellationToken cancellationToken
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(InstallTimeout);
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            try
            {
                await process.WaitForExitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                cancellationToken.ThrowIfCancellationRequested();
                throw new LocalHostException(
                    $"'{program} {string.Join(' ', arguments)}' did not end within {InstallTimeout.TotalMinutes:0} minutes."
                );
            }
            return (process.ExitCode, await output + await errors);
        }
        catch (Win32Exception error)
        {
            throw new LocalHostException(
                $"Azurite, the storage emulator, needs Node.js {MinNode} or newer: '{program}' was not found on the PATH.",
                error
            );
        }
    }
}
