using System.CommandLine;
using FunctionsEval.Core.Import;
using FunctionsEval.LocalHost.Hosting;

namespace FunctionsEval.LocalHost.Commands;

/// <summary><c>import-evals EVAL</c>: an eval of OpenAI's Evals API becomes a suite's <c>evaluation.json</c>.</summary>
internal static class ImportEvalsCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var eval = new Argument<FileInfo>("EVAL") { Description = "The eval as JSON: the body of POST /v1/evals, or what GET /v1/evals/{id} gives." };
        eval.AcceptExistingOnly();
        var run = new Option<FileInfo>("--run") { Description = "A run of it as JSON (GET /v1/evals/{id}/runs/{id}), which holds the prompt and the sampling parameters.", HelpName = "PATH" };
        run.AcceptExistingOnly();
        var model = new Option<string?>("--model") { Description = "The configured model to evaluate. Default: the run's model.", HelpName = "NAME" };
        var embeddings = new Option<string?>("--embeddings") { Description = "The configured embeddings model for graders by cosine similarity.", HelpName = "NAME" };
        var output = new Option<string?>("--output", "-o") { Description = "The suite's folder, where evaluation.json is written. Default: standard output.", HelpName = "DIR" };
        var command = new Command("import-evals", "Turn an eval of OpenAI's Evals API into a suite.") { eval, run, model, embeddings, output };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(eval).FullName, parsed.GetValue(run)?.FullName, parsed.GetValue(model), parsed.GetValue(embeddings), parsed.GetValue(output)));
        return command;
    }

    private static int Run(string eval, string? run, string? model, string? embeddings, string? output)
    {
        ImportResult result;
        try
        {
            result = OpenAIEvalsImporter.Import(File.ReadAllText(eval), run is null ? null : File.ReadAllText(run), model, embeddings);
        }
        catch (ImportException refused)
        {
            throw new LocalHostException(refused.Message);
        }

        foreach (var note in result.Notes)
            Console.Error.WriteLine($"note: {note}");
        if (output is null)
        {
            Console.Write(result.Spec);
            return ExitCodes.Pass;
        }

        Directory.CreateDirectory(output);
        var path = Path.Combine(output, "evaluation.json");
        if (File.Exists(path))
            throw new LocalHostException($"'{path}' exists already. Name another folder with --output, or remove it.");
        File.WriteAllText(path, result.Spec);
        Console.Error.WriteLine($"Wrote {path}. Put the rows beside it as .jsonl, {{\"item\": …}} a line, and evaluate: run {Path.Combine(output, "data.jsonl")}");
        return ExitCodes.Pass;
    }
}
