using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace FunctionsEval.Hooks;

/// <summary>What a command of the Azure CLI ended with.</summary>
/// <param name="ExitCode">0 for success.</param>
/// <param name="Output">What it wrote to its standard output.</param>
/// <param name="Error">What it wrote to its standard error, without keys of functions.</param>
internal sealed record CliResult(int ExitCode, string Output, string Error)
{
    public bool IsSuccess => ExitCode == 0;

    /// <summary>The first line of the error that says something, for a line of progress.</summary>
    public string FirstError => Error.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? "no message";
}

/// <summary>Runs commands of the Azure CLI.</summary>
/// <param name="program">The program; it is looked for on the PATH.</param>
internal sealed partial class AzureCli(string program)
{
    /// <summary>The operating system's code for a file that is not there, on Windows and elsewhere.</summary>
    private const int NotFound = 2;

    /// <summary>Runs a command and waits for its end.</summary>
    /// <exception cref="HookException">The CLI is not installed, or cannot be started.</exception>
    public async Task<CliResult> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        // On Windows the CLI is a batch file, which only the command interpreter starts.
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo("cmd.exe", ["/d", "/c", program, .. arguments])
            : new ProcessStartInfo(program, arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Start(start);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return new CliResult(process.ExitCode, await output, FunctionKey().Replace(await error, "code=…"));
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception refused) when (refused.NativeErrorCode == NotFound)
        {
            throw new HookException(
                $"{program}: not found. Install the Azure CLI (https://learn.microsoft.com/cli/azure/install-azure-cli) and run `az login`."
            );
        }
        catch (Win32Exception refused)
        {
            throw new HookException($"{program}: cannot be started: {refused.Message}");
        }
    }

    [GeneratedRegex("code=[^&\\s\"']+", RegexOptions.IgnoreCase)]
    private static partial Regex FunctionKey();
}
