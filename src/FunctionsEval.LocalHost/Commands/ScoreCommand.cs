using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks;
using FunctionsEval.LocalHost.Client;
using FunctionsEval.LocalHost.Machine;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>
/// <c>score FILE</c>: computes metrics of existing answers without a model call. A person sees on a terminal what <c>show</c> would print
/// of them; elsewhere, and on request, it is JSON.
/// </summary>
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
    public static Command Create(IAnsiConsole console)
    {
        var file = new Argument<FileInfo>("FILE")
        {
            Description = "Answers, one JSON object per line: a run's samples.jsonl, a shard log, or rows with prediction and reference.",
        };
        file.AcceptExistingOnly();
        var spec = new Option<FileInfo?>("--spec")
        {
            Description = "The evaluation.json to score by. Needed unless --task says enough.",
            HelpName = "PATH",
        };
        var task = new Option<string>("--task")
        {
            Description = "Without a spec: the task, with its default metrics; labels are those of the references.",
            DefaultValueFactory = _ => "generation",
        };
        task.AcceptOnlyFromAmong([.. TaskCatalog.Names]);
        var threads = new Option<int>("--threads")
        {
            Description = "Threads to use. The numbers do not depend on it.",
            HelpName = "N",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        threads.Validators.Add(value =>
        {
            if (value.GetValueOrDefault<int>() is < 1 or > 1024)
            {
                value.AddError("--threads must be a number from 1 to 1024.");
            }
        });
        var json = new Option<bool>("--json") { Description = "Print JSON, as where the output is no terminal." };
        var details = DetailsOption.Create();
        var command = new Command("score", "Compute metrics of predictions against references, without a model call.")
        {
            file,
            spec,
            task,
            threads,
            json,
            details,
        };
        command.SetAction(parsed =>
            Run(
                parsed.GetRequiredValue(file).FullName,
                parsed.GetValue(spec)?.FullName,
                parsed.GetRequiredValue(task),
                parsed.GetValue(threads),
                new ShownParts(
                    parsed.GetValue(json) || (!console.Profile.Out.IsTerminal && !parsed.GetValue(details)),
                    parsed.GetValue(details)
                ),
                console
            )
        );
        return command;
    }

    private static int Run(string file, string? specPath, string task, int threads, ShownParts parts, IAnsiConsole console)
    {
        try
        {
            var spec = specPath is null ? SpecOf(file, task, threads) : ReadSpec(specPath);
            var result = new PredictionFile(file, spec).Score(threads);
            var failure = TooManyMalformed(file, spec, result);
            if (!parts.AsJson)
            {
                var scored = ScoredRun.From(file, spec, result, failure);
                new RunPrinter(console, TimeProvider.System).Print(
                    scored.Run,
                    scored.Summary,
                    RunOverview.From(scored.Run, scored.Summary),
                    page: null,
                    parts.WithDetails
                );
                return failure is null ? CodeOf(result) : ExitCodes.Error;
            }

            Console.WriteLine(JsonSerializer.Serialize(OutputOf(result, failure), Json));
            if (failure is null)
            {
                return CodeOf(result);
            }

            Console.Error.WriteLine($"error: {failure.Message}");
            return ExitCodes.Error;
        }
        catch (AggregateException faults) when (faults.Flatten().InnerException is LocalHostException unreadable)
        {
            throw unreadable;
        }
        catch (SpecException invalid)
        {
            throw new LocalHostException(invalid.Message);
        }
        catch (OptionException invalid)
        {
            throw new LocalHostException($"{specPath ?? "--task"}: {invalid.Message}");
        }
    }

    private static ScoreOutput OutputOf(EvaluationResult result, RunFailure? failure) =>
        new()
        {
            Outcomes = result.Outcomes.ToDictionary(role => role.Key, role => OutcomeNames.CountsByName(role.Value)),
            Coverage = result.Coverage,
            Verdict = failure is null ? result.Verdict : null,
            Failure = failure is null ? null : new ScoreFailure(failure.Code, failure.Message),
            Warnings = result.Warnings,
            Metrics = result.Metrics,
            ConfusionMatrices = ResultTables.ConfusionMatrices(result.Tables),
            Calibration = ResultTables.Calibration(result.Tables),
            OtherTables = ResultTables.Others(result.Tables),
        };

    /// <summary>As a run's code, except that metrics without a gate are a success.</summary>
    private static int CodeOf(EvaluationResult result)
    {
        var candidate = result.Outcomes[Roles.Candidate];
        return ExitCodes.FromVerdict(
            isCompleted: true,
            result.Verdict?.Result ?? VerdictResult.Pass,
            candidate[Outcome.Scored] + candidate[Outcome.Unparsable]
        );
    }

    /// <summary>The failure of a run of these rows; null when the share of malformed rows is within the limit.</summary>
    private static RunFailure? TooManyMalformed(string file, EvaluationSpec spec, EvaluationResult result)
    {
        var counts = result.Outcomes[Roles.Candidate];
        return counts.MalformedShare <= spec.Limits.MaxMalformedShare
            ? null
            : new RunFailure(
                RunFailure.MalformedCode,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{file}: {counts.MalformedSample} of {counts.Total} rows are no samples, "
                        + $"and limits.maxMalformedShare is {new NumberText(MetricUnit.Share).Bound(spec.Limits.MaxMalformedShare)}. "
                        + $"{result.Warnings[0]} Fix the rows, or raise limits.maxMalformedShare in the spec."
                )
            );
    }

    private static EvaluationSpec ReadSpec(string path)
    {
        using var file = File.OpenRead(path);
        return SpecReader.Read(file, Path.GetFileName(path));
    }

    private static EvaluationSpec SpecOf(string file, string task, int threads)
    {
        var spec = new EvaluationSpec { Task = TaskCatalog.Get(task), Model = "offline" };
        if (spec.Task.Subjects.HasFlag(MetricSubjects.LabelSet))
        {
            throw new LocalHostException($"The task {task} needs the closed list of labels. Name them in a spec (--spec).");
        }

        if (!spec.Task.HasLabels)
        {
            return spec;
        }

        var asText = spec with { Parsing = new ParsingSpec { Method = ParsingMethod.Text } };
        var labels = new PredictionFile(file, asText).FindReferences(threads, SpecLimits.MaxLabels);
        return labels.Count <= SpecLimits.MaxLabels
            ? spec with
            {
                Labels = [.. labels],
            }
            : throw new LocalHostException(
                $"{file}: has more than {SpecLimits.MaxLabels} different references, which are no labels of a classification. "
                    + "Use --task generation, or name the labels in a spec (--spec)."
            );
    }

    /// <summary>Why there is no verdict.</summary>
    /// <param name="Code">The code that a run has for it.</param>
    /// <param name="Message">What was seen, and the fix.</param>
    private sealed record ScoreFailure(string Code, string Message);

    /// <summary>The command's output: the part of a run's summary that does not need a run.</summary>
    private sealed record ScoreOutput
    {
        public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Outcomes { get; init; }

        public required IReadOnlyDictionary<string, double?> Coverage { get; init; }

        public Verdict? Verdict { get; init; }

        public ScoreFailure? Failure { get; init; }

        public required IReadOnlyList<string> Warnings { get; init; }

        public required IReadOnlyList<MetricValue> Metrics { get; init; }

        public required IReadOnlyList<ScoredTable> ConfusionMatrices { get; init; }

        public required IReadOnlyList<ScoredTable> Calibration { get; init; }

        [JsonExtensionData]
        public Dictionary<string, JsonElement>? OtherTables { get; init; }
    }
}
