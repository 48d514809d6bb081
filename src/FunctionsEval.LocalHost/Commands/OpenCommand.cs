using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary><c>open RUN</c>: a run in the dashboard.</summary>
internal static class OpenCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var (run, api) = (RunArgument.Create(), new ApiOptions());
        var command = new Command("open", "Show a run in the app's dashboard, in the browser; prints its address.") { run };
        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = api.Connect(parsed);
                var runId = parsed.GetRequiredValue(run);
                await client.GetRunAsync(runId, cancellationToken);
                var page = client.PageOf(runId);
                console.WriteLine(page.AbsoluteUri);
                Browse(page);
                return ExitCodes.Pass;
            }
        );
        return command;
    }

    /// <summary>Opens the person's browser; on a machine without one the printed address is all there is.</summary>
    private static void Browse(Uri page)
    {
        var (program, isShell) =
            OperatingSystem.IsWindows() ? (page.AbsoluteUri, true)
            : OperatingSystem.IsMacOS() ? ("open", false)
            : ("xdg-open", false);
        try
        {
            using var browser = Process.Start(
                new ProcessStartInfo(program, isShell ? [] : [page.AbsoluteUri]) { UseShellExecute = isShell }
            );
        }
        catch (Win32Exception)
        {
            // No such program: the address is on the screen.
        }
    }
}
