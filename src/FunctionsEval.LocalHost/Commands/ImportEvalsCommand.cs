using System.CommandLine;
using System.Globalization;
using System.Text;
using FunctionsEval.Core.Import;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Commands;

/// <summary><c>import-evals EVAL</c>: an eval of OpenAI's Evals API becomes a suite's <c>evaluation.json</c>.</summary>
internal static class ImportEvalsCommand
{
    private const string DatasetName = "data.jsonl";

    /// <summary>A saved run with its rows is some megabytes; what is larger is something else.</summary>
    private const long MaxBytes = 512L * 1024 * 1024;

    private static readonly Argument<FileInfo> Eval = new Argument<FileInfo>("EVAL")
    {
        Description = "The eval as JSON: the body of POST /v1/evals, or what GET /v1/evals/{id} or GET /v1/evals gives.",
    }.AcceptExistingOnly();

    private static readonly Option<FileInfo> SavedRun = new Option<FileInfo>("--run")
    {
        Description =
            "A run of it as JSON (GET /v1/evals/{id}/runs/{id}), or the list of its runs: "
            + "prompt, sampling parameters and, where they are inline, the rows.",
        HelpName = "PATH",
    }.AcceptExistingOnly();

    private static readonly Option<FileInfo> OutputItems = new Option<FileInfo>("--output-items")
    {
        Description =
            "The run's output items as JSON (GET …/runs/{id}/output_items), several pages one after the other: "
            + "the rows, with the recorded answers.",
        HelpName = "PATH",
    }.AcceptExistingOnly();

    private static readonly Option<string?> EvalId = new("--eval-id")
    {
        Description = "Which of several evals. Default: the run's, or the only one.",
        HelpName = "ID",
    };

    private static readonly Option<string?> RunId = new("--run-id")
    {
        Description = "Which of several runs. Default: the newest.",
        HelpName = "ID",
    };

    private static readonly Option<string?> Model = new("--model")
    {
        Description = "The configured model to evaluate. Default: the run's model.",
        HelpName = "NAME",
    };

    private static readonly Option<string?> Embeddings = new("--embeddings")
    {
        Description = "The configured embeddings model for graders by cosine similarity.",
        HelpName = "NAME",
    };

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "The suite's folder, where evaluation.json and the rows are written. Default: evaluation.json to standard output.",
        HelpName = "DIR",
    };

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Command("import-evals", "Turn an eval of OpenAI's Evals API into a suite.")
        {
            Eval,
            SavedRun,
            OutputItems,
            EvalId,
            RunId,
            Model,
            Embeddings,
            Output,
        };
        command.SetAction(parsed => Run(() => SourceOf(parsed), parsed.GetValue(Output)));
        return command;
    }

    private static ImportSource SourceOf(ParseResult parsed) =>
        new()
        {
            Eval = ReadText(parsed.GetRequiredValue(Eval)),
            Run = parsed.GetValue(SavedRun) is { } saved ? ReadText(saved) : null,
            OutputItems = parsed.GetValue(OutputItems) is { } pages ? ReadText(pages) : null,
            EvalId = parsed.GetValue(EvalId),
            RunId = parsed.GetValue(RunId),
            Model = parsed.GetValue(Model),
            Embeddings = parsed.GetValue(Embeddings),
        };

    private static int Run(Func<ImportSource> read, string? output)
    {
        ImportResult result;
        try
        {
            result = OpenAIEvalsImporter.Import(read());
        }
        catch (ImportException refused)
        {
            throw new LocalHostException(refused.Message);
        }

        foreach (var note in result.Notes)
        {
            Console.Error.WriteLine($"note: {note}");
        }

        if (output is not null)
        {
            return Write(result, output);
        }

        if (result.Rows.Count > 0)
        {
            Console.Error.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"note: rows ({result.Rows.Count}): not written. "
                        + $"Name a folder with --output to write them beside the spec as {DatasetName}."
                )
            );
        }

        Console.Write(result.Spec);
        return ExitCodes.Pass;
    }

    private static int Write(ImportResult result, string output)
    {
        var (spec, dataset) = (Path.Combine(output, "evaluation.json"), Path.Combine(output, DatasetName));
        foreach (var path in result.Rows.Count > 0 ? [spec, dataset] : new[] { spec })
        {
            if (File.Exists(path))
            {
                throw new LocalHostException($"'{path}' exists already. Name another folder with --output, or remove it.");
            }
        }

        Directory.CreateDirectory(output);
        File.WriteAllText(spec, result.Spec);
        if (result.Rows.Count > 0)
        {
            File.WriteAllText(dataset, string.Concat(result.Rows.Select(row => row + "\n")));
        }

        Console.Error.WriteLine(
            result.Rows.Count > 0
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"Wrote {spec} and {dataset} (rows: {result.Rows.Count}). Evaluate: run {dataset}"
                )
                : $"Wrote {spec}. Put the rows beside it as .jsonl, one {{\"item\": …}} per line, and evaluate: run {dataset}"
        );
        return ExitCodes.Pass;
    }

    /// <summary>A file's text in UTF-8, or in UTF-16 with a byte order mark, as some shells save what a program prints.</summary>
    private static string ReadText(FileInfo file)
    {
        if (file.Length > MaxBytes)
        {
            throw new LocalHostException($"'{file.FullName}' is larger than {MaxBytes >> 20} MiB, which no saved eval or run is.");
        }

        try
        {
            using var reader = new StreamReader(
                file.FullName,
                new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true)
            );
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException)
        {
            throw new LocalHostException($"'{file.FullName}' is not UTF-8. Save it as UTF-8.");
        }
    }
}
