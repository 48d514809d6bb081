using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text.Json;
using Azure;
using FunctionsEval.LocalHost.Commands;
using FunctionsEval.LocalHost.Machine;

var console = Terminal.Output;
var root = new RootCommand("Runs FunctionsEval on this machine: the function app, its storage and sample models.")
{
    DemoCommand.Create(console),
    UpCommand.Create(console),
    RunCommand.Create(console),
    ScoreCommand.Create(console),
    NewCommand.Create(console),
    ValidateCommand.Create(console),
    ImportEvalsCommand.Create(),
    ListCommand.Create(console),
    ModelsCommand.Create(console),
    SuitesCommand.Create(console),
    ShowCommand.Create(console),
    WatchCommand.Create(console),
    CompareCommand.Create(console),
    SamplesCommand.Create(console),
    OpenCommand.Create(console),
    ExportCommand.Create(),
    ProbeCommand.Create(console),
};

try
{
    var parsed = root.Parse(args);
    var code = await parsed.InvokeAsync(
        new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            // Listeners, invocations in flight, worker and storage stop one after the other, each within a bound of its own.
            ProcessTerminationTimeout = TimeSpan.FromMinutes(2),
        }
    );
    // An invalid command line is not a failed verdict.
    return parsed.Action is ParseErrorAction ? ExitCodes.Error : code;
}
catch (Exception error)
    when (error
            is LocalHostException
                or IOException
                or UnauthorizedAccessException
                or HttpRequestException
                or RequestFailedException
                or AggregateException
                or JsonException
    )
{
    await Console.Error.WriteLineAsync($"error: {error.Message}");
    return ExitCodes.Error;
}
catch (OperationCanceledException)
{
    return ExitCodes.Interrupted; // Ctrl-C while starting or waiting; nothing that this command started is left running.
}
