using System.CommandLine;
using System.CommandLine.Parsing;
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
                "junit: a test case for each rule of the gate; csv: every metric; html: the report; markdown: the overview; model-card: for Hugging Face; badge, badge-json: verdict and headline; mlflow: a run of a tracking server; "
                + "lm-eval, promptfoo, openai-evals: results in those tools' formats.",
            HelpName = "FORMAT",
            DefaultValueFactory = _ => "junit",
        };
        format.AcceptOnlyFromAmong([.. ExportFormats.All.Keys]);
        var output = new Option<string?>("--output", "-o") { Description = "The file. Default: standard output.", HelpName = "PATH" };
        var to = new Option<Uri?>("--to")
        {
            Description =
                "Of mlflow: the tracking server, for example http://127.0.0.1:5000. Signs in by MLFLOW_TRACKING_TOKEN, or by "
                + "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.",
            HelpName = "URL",
            CustomParser = ReadServer,
        };
        var experiment = new Option<string?>("--experiment")
        {
            Description = "Of mlflow: the experiment. Default: the suite's name.",
            HelpName = "NAME",
        };
        var api = new ApiOptions();
        var command = new Command("export", "Export a run's result in another tool's format.") { run, format, output, to, experiment };
        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = api.Connect(parsed);
                var source = await ExportSource.ReadAsync(
                    client,
                    parsed.GetRequiredValue(run),
                    (parsed.GetValue(to), parsed.GetValue(experiment)),
                    cancellationToken
                );
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

    private static Uri? ReadServer(ArgumentResult result)
    {
        if (
            Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var server)
            && server.Scheme is "https" or "http"
            && server.UserInfo.Length + server.Query.Length + server.Fragment.Length == 0
        )
        {
            return server;
        }

        result.AddError("--to must be an absolute address without a user, '?' or '#', for example http://127.0.0.1:5000.");
        return null;
    }
}
