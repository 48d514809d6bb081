using System.CommandLine;
using FunctionsEval.LocalHost.Commands;
using FunctionsEval.LocalHost.Hosting;
using Spectre.Console;

IAnsiConsole console = AnsiConsole.Console;
if (Console.IsOutputRedirected)
    console.Profile.Width = 400; // Lines are for whoever reads them, not for a terminal of 80 columns.

var root = new RootCommand("Runs FunctionsEval on this machine: the function app, its storage and sample models.")
{
    DemoCommand.Create(console),
    UpCommand.Create(console),
    RunCommand.Create(console),
    ScoreCommand.Create(),
    ImportEvalsCommand.Create(),
};
foreach (var command in ResultCommands.Create(console))
    root.Add(command);
try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = TimeSpan.FromMinutes(2), // Listeners, invocations in flight, worker and storage stop one after the other, each within a bound of its own.
    });
}
catch (LocalHostException error)
{
    await Console.Error.WriteLineAsync($"error: {error.Message}");
    return ExitCodes.Error;
}
catch (OperationCanceledException)
{
    return 130; // Ctrl-C while starting; nothing is left running.
}
