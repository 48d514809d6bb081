using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Runs;
using FunctionsEval.LocalHost.Client;
using FunctionsEval.LocalHost.Hosting;

namespace FunctionsEval.LocalHost.Commands;

/// <summary><c>score FILE</c>: metrics of answers that are there already; no model is called. JSON to standard output.</summary>
internal static class ScoreCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "Answers, a JSON object a line: a run's samples.jsonl, a row log, or rows with prediction and reference." };
        file.AcceptExistingOnly();
        var spec = new Option<FileInfo?>("--spec") { Description = "The evaluation.json to score by. Needed unless --task says enough.", HelpName = "PATH" };
        var task = new Option<string>("--task") { Description = "Without a spec: the task, with its default metrics; labels are those of the references.", DefaultValueFactory = _ => "generation" };
        task.AcceptOnlyFromAmong("classification", "generation", "language_modelling", "multiple_choice");
        var threads = new Option<int>("--threads") { Description = "Threads to use; the numbers are the same to the last bit whatever their count.", HelpName = "N", DefaultValueFactory = _ => Environment.ProcessorCount };
        threads.Validators.Add(value =>
        {
            if (value.GetValueOrDefault<int>() is < 1 or > 1024)
                value.AddError("--threads must be a number from 1 to 1024.");
        });
        var command = new Command("score", "Compute metrics of predictions against references, without a model call.") { file, spec, task, threads };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(file).FullName, parsed.GetValue(spec)?.FullName, parsed.GetRequiredValue(task), parsed.GetValue(threads)));
        return command;
    }

    private static int Run(string file, string? specPath, string task, int threads)
    {
        try
        {
            var spec = specPath is null ? SpecOf(file, task) : ReadSpec(specPath);
            var result = new PredictionFile(file, spec).Score(threads);
            Console.WriteLine(JsonSerializer.Serialize(
                new
                {
                    Outcomes = result.Outcomes.ToDictionary(role => role.Key, role => OutcomeNames.Of(role.Value)),
                    result.Coverage,
                    result.Verdict,
                    result.Warnings,
                    result.Metrics,
                    result.ConfusionMatrices,
                    result.Calibration,
                },
                Json));
            return CodeOf(result);
        }
        catch (AggregateException faults) when (faults.InnerException is LocalHostException unreadable)
        {
            throw unreadable;
        }
        catch (SpecException invalid)
        {
            throw new LocalHostException(invalid.Message);
        }
        catch (MetricSpecException invalid)
        {
            throw new LocalHostException($"{specPath ?? "--task"}: {invalid.Message}");
        }
    }

    /// <summary>As a run's, but that metrics without a gate are all that was asked for.</summary>
    private static int CodeOf(EvaluationResult result)
    {
        var candidate = result.Outcomes[Roles.Candidate];
        return ExitCodes.FromVerdict(isCompleted: true, result.Verdict?.Result ?? VerdictResult.Pass, candidate[Outcome.Scored] + candidate[Outcome.Unparsable]);
    }

    private static EvaluationSpec ReadSpec(string path)
    {
        using var file = File.OpenRead(path);
        return SpecReader.Read(file, Path.GetFileName(path));
    }

    private static EvaluationSpec SpecOf(string file, string task)
    {
        var spec = new EvaluationSpec
        {
            Task = task switch
            {
                "classification" => EvaluationTask.Classification,
                "language_modelling" => EvaluationTask.LanguageModelling,
                "multiple_choice" => EvaluationTask.MultipleChoice,
                _ => EvaluationTask.Generation,
            },
            Model = "offline",
        };
        if (spec.Task != EvaluationTask.Classification)
            return spec;
        var labels = new PredictionFile(file, spec with { Parsing = new ParsingSpec { Method = ParsingMethod.Text } }).Read()
            .Select(answer => answer.Candidate.References[0])
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToArray();
        return labels.Length <= SpecLimits.MaxLabels
            ? spec with { Labels = labels }
            : throw new LocalHostException($"{file}: the references have {labels.Length} different labels, which are more than the {SpecLimits.MaxLabels} of a classification. Score it as --task generation.");
    }
}
