using System.CommandLine;
using FunctionsEval.LocalHost.Exports;

namespace FunctionsEval.LocalHost.Commands;

/// <summary><c>export RUN</c>: exports a run's result in another tool's format.</summary>
internal static class ExportCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var run = RunArgument.Create();
        var format = new Option<string>("--format")
        {
            Description =
                "junit: a test case for each rule of the gate; csv: every metric; html: the report; lm-eval, promptfoo, openai-evals: "
                + "results in those tools' formats.",
            HelpName = "FORMAT",
            DefaultValueFactory = _ => "junit",
        };
        format.AcceptOnlyFromAmong([.. ExportFormats.All.Keys]);
        var output = new Option<string?>("--output", "-o") { Description = "The file. Default: standard output.", HelpName = "PATH" };
        var api = new ApiOptions();
        var command = new Command("export", "Export a run's result in another tool's format.") { run, format, output };
        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = api.Connect(parsed);
                var source = await ExportSource.ReadAsync(client, parsed.GetRequiredValue(run), cancellationToken);
                var text = await ExportFormats.All[parsed.GetRequiredValue(format)](source, cancellationToken);
                if (parsed.GetValue(output) is { } path)
                {
                    await File.WriteAllTextAsync(path, text, cancellationToken);
                }
                else
                {
                    Console.Write(text);
                }

                return ExitCodes.FromRun(source.Run);
            }
        );
        return command;
    }
}
