using System.CommandLine;
using FunctionsEval.Core.Drafts;
using FunctionsEval.Core.Tasks;
using FunctionsEval.LocalHost.Drafting;
using FunctionsEval.LocalHost.Validation;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary><c>new DATASET</c>: writes a suite from a dataset, and says what it guessed.</summary>
internal static class NewCommand
{
    private static readonly Argument<FileInfo> Dataset = new Argument<FileInfo>("DATASET")
    {
        Description = "The rows that were held back from tuning: JSONL, CSV, TSV or Parquet, also compressed.",
    }.AcceptExistingOnly();

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "The suite's folder, into which dataset and training file are copied. Default: the dataset's own.",
        HelpName = "DIR",
    };

    private static readonly Option<string?> Task = new("--task")
    {
        Description = "The task. Default: guessed from the rows.",
        HelpName = "TASK",
    };

    private static readonly Option<string> Model = new("--model")
    {
        Description = "The configured model under test.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "my-tuned",
    };

    private static readonly Option<string> Baseline = new("--baseline")
    {
        Description = "The configured model it is compared with; none for no comparison.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "my-base",
    };

    private static readonly Option<string> Judge = new("--judge")
    {
        Description = "The configured model that judges where rows have no reference.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "my-judge",
    };

    private static readonly Option<bool> Force = new("--force") { Description = "Replace files that exist." };

    /// <summary>Creates the command.</summary>
    public static Command Create(IAnsiConsole console)
    {
        Task.AcceptOnlyFromAmong([.. TaskCatalog.Names]);
        var command = new Command(
            "new",
            "Write a suite from a dataset: guess task, columns, labels, metrics and a gate, and say why. Nothing is sent."
        )
        {
            Dataset,
            Output,
            Task,
            Model,
            Baseline,
            Judge,
            Force,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, console, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var dataset = parsed.GetRequiredValue(Dataset);
        var output = parsed.GetValue(Output);
        var options = new DraftOptions
        {
            Name = output is null ? dataset.Directory!.Name : new DirectoryInfo(output).Name,
            Task = parsed.GetValue(Task) is { } task ? TaskCatalog.Get(task) : null,
            Model = parsed.GetRequiredValue(Model),
            Baseline = parsed.GetRequiredValue(Baseline) is var baseline && baseline == "none" ? null : baseline,
            Judge = parsed.GetRequiredValue(Judge),
        };
        var prices = ModelPrices.Read(LocalStackOptions.FindLocalSettings(), new Dictionary<string, string>());
        var written = await new SuiteDrafting(prices).WriteAsync(
            dataset.ToString(),
            output,
            options,
            parsed.GetValue(Force),
            cancellationToken
        );
        console.WriteLine($"Wrote {written.Spec}");
        foreach (var note in written.Draft.Notes)
        {
            console.WriteLine($"  {note}");
        }

        console.WriteLine();
        new ValidationPrinter(console).Print(written.Validation);
        console.WriteLine($"Read the spec, then evaluate: run {written.Dataset}");
        return written.Validation.HasProblems ? ExitCodes.Fail : ExitCodes.Pass;
    }
}
