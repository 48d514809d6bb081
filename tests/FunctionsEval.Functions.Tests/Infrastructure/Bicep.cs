using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>
/// The Bicep compiler, which comes as a package for Linux on x64. It needs no network: the templates use no module of a registry.
/// </summary>
internal static class Bicep
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    private static readonly string Program = typeof(Bicep)
        .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "BicepPath")
        .Value!;

    /// <summary>Skips the test where the compiler does not run.</summary>
    public static void SkipWhereMissing() =>
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64,
            "The package of the Bicep compiler is for Linux on x64."
        );

    /// <summary>Runs a command.</summary>
    /// <returns>What it printed to both outputs.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message is what it printed.</exception>
    public static async Task<string> RunAsync(string folder, CancellationToken cancellationToken, params IEnumerable<string> arguments)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(Program) & UnixFileMode.UserExecute) == 0)
        {
            File.SetUnixFileMode(Program, File.GetUnixFileMode(Program) | UnixFileMode.UserExecute);
        }

        var start = new ProcessStartInfo(Program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // It looks for ICU otherwise, which a small image does not have.
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        using var process = Process.Start(start)!;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            var error = process.StandardError.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            var printed = await output + await error;
            return process.ExitCode == 0 ? printed : throw new InvalidOperationException(printed);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
