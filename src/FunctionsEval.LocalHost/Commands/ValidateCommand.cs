using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using FunctionsEval.LocalHost.Machine;
using FunctionsEval.LocalHost.Validation;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary><c>validate FILE</c>: looks at a dataset and its spec without an app and without a model call.</summary>
internal static class ValidateCommand
{
    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Creates the command.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var file = new Argument<FileSystemInfo>("FILE")
        {
            Description =
                "The dataset, or a folder of datasets. The spec is the evaluation.json beside it, or in the nearest folder above.",
        };
        file.AcceptExistingOnly();
        var spec = new Option<FileInfo>("--spec")
        {
            Description = "Of a dataset: the spec to apply in place of the one that lies beside it.",
            HelpName = "PATH",
        };
        spec.AcceptExistingOnly();
        var set = new SettingsOption();
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command(
            "validate",
            "Look at a dataset and its spec as a run would, without an app: rows, labels, duplicates, leakage, tokens and cost. "
                + "Ends with 0 where no problem is found, with 1 where there is one, with 3 where it cannot look."
        )
        {
            file,
            spec,
            set.Option,
            json,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var validator = new DatasetValidator(ModelPrices.Read(LocalStackOptions.FindLocalSettings(), set.Read(parsed)));
                var printer = parsed.GetValue(json) ? null : new ValidationPrinter(console);
                if (parsed.GetRequiredValue(file) is DirectoryInfo directory)
                {
                    if (parsed.GetValue(spec) is not null)
                    {
                        throw new LocalHostException("--spec belongs to a dataset: each dataset of a folder has the spec beside it.");
                    }

                    var folder = await new FolderValidator(validator).CheckAsync(directory.ToString(), cancellationToken);
                    Show(folder, printer is null ? null : () => printer.Print(folder));
                    return folder.HasProblems ? ExitCodes.Fail : ExitCodes.Pass;
                }

                var found = await validator.CheckAsync(
                    parsed.GetRequiredValue(file).ToString(),
                    parsed.GetValue(spec)?.ToString(),
                    root: null,
                    cancellationToken
                );
                Show(found, printer is null ? null : () => printer.Print(found));
                return found.HasProblems ? ExitCodes.Fail : ExitCodes.Pass;
            }
        );
        return command;
    }

    private static void Show<T>(T found, Action? print)
    {
        if (print is null)
        {
            Console.WriteLine(JsonSerializer.Serialize(found, JsonOptions));
        }
        else
        {
            print();
        }
    }
}
