using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Import;

/// <summary>
/// Turns an eval of OpenAI's Evals API, and optionally a run of it, which holds the prompt, into a spec; both as they are sent to the API
/// or as it returns them, alone or in a list. The rows that were saved with the run are the dataset, of the form <c>{"item": {…}}</c>. One
/// error names all graders without a counterpart; none is dropped. Notes name everything else that is not imported.
/// </summary>
public static class OpenAIEvalsImporter
{
    private const string SpecFileName = "evaluation.json";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Imports an eval.</summary>
    /// <param name="source">What was saved of it.</param>
    /// <exception cref="ImportException">It cannot become a spec.</exception>
    public static ImportResult Import(ImportSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var findings = new ImportFindings();
        var items = source.OutputItems is null ? null : SavedObjects.Read(source.OutputItems, "The file of output items");
        var run = source.Run is null
            ? null
            : SavedChoice.Run(SavedObjects.Read(source.Run, "The run"), source.RunId, source.EvalId, findings);
        var eval = SavedChoice.Eval(SavedObjects.Read(source.Eval, "The eval"), source.EvalId ?? run?.Text("eval_id"));
        var rows = SavedRows.Read(run ?? SavedObject.Empty, items, findings);
        var spec = Create(eval, run ?? SavedObject.Empty, rows, source, findings);
        var text = spec.ToJsonString(Indented) + "\n";
        Check(text);
        return new ImportResult(text, findings.Notes) { Rows = [.. rows.Select(SavedRows.ToLine)] };
    }

    private static JsonObject Create(
        SavedObject eval,
        SavedObject run,
        IReadOnlyList<SavedObject> rows,
        ImportSource from,
        ImportFindings findings
    )
    {
        var config = eval.Object("data_source_config");
        if (config.Text("type") is { } type and not "custom" && rows.Count == 0)
        {
            findings.Refuse(
                $"data_source_config.type '{type}': only 'custom' has rows of its own; give a run that holds its rows (--run), "
                    + "or its output items (--output-items)"
            );
        }

        NoteOthers(eval, run, findings);
        var source = run.Object("data_source");
        var schema = ItemSchema.Read(config, rows);
        var graders = new GraderImport(findings, from.Embeddings);
        graders.Read([.. eval.List("testing_criteria").Select(criterion => SavedObject.From(criterion) ?? SavedObject.Empty)]);
        var prompts = new PromptImport(source, findings);
        var (prompt, input) = prompts.Read(schema, graders.Reference);
        var sampling = prompts.ReadSampling();
        var model = from.Model ?? source.Text("model") ?? run.Text("model");
        if (model is null)
        {
            findings.Refuse("model: say which configured model is evaluated (--model)");
        }

        findings.ThrowIfRefused();

        var reference = graders.Reference ?? StandIn(input ?? (schema.Names.Count > 0 ? schema.Names[0] : null), findings);
        var spec = new JsonObject();
        AddUnlessEmpty(spec, "name", eval.Text("name"));
        AddTask(spec, model!, graders, schema);
        AddUnlessEmpty(spec, "prompt", prompt);
        var columns = new JsonObject();
        AddUnlessEmpty(columns, "input", input);
        AddUnlessEmpty(columns, "reference", reference);
        AddUnlessEmpty(spec, "columns", columns);
        AddUnlessEmpty(spec, "sampling", sampling);
        spec["metrics"] = graders.Metrics;
        AddUnlessEmpty(spec, "gate", graders.Rules.Count > 0 ? new JsonObject { ["rules"] = graders.Rules } : null);
        return spec;
    }

    private static void AddUnlessEmpty(JsonObject target, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            target[name] = value;
        }
    }

    private static void AddUnlessEmpty(JsonObject target, string name, JsonObject? value)
    {
        if (value is { Count: > 0 })
        {
            target[name] = value;
        }
    }

    private static void NoteOthers(SavedObject eval, SavedObject run, ImportFindings findings)
    {
        findings.NoteOthers(eval, "eval", "id", "object", "name", "created_at", "data_source_config", "testing_criteria");
        findings.NoteOthers(
            eval.Object("data_source_config"),
            "data_source_config",
            "type",
            "item_schema",
            "schema",
            "schema_",
            "include_sample_schema"
        );
        findings.NoteOthers(
            run,
            "run",
            "id",
            "object",
            "eval_id",
            "name",
            "created_at",
            "status",
            "model",
            "data_source",
            "report_url",
            "result_counts",
            "per_model_usage",
            "per_testing_criteria_results",
            "shared_with_openai"
        );
        findings.NoteOthers(run.Object("data_source"), "data_source", "type", "source", "model", "input_messages", "sampling_params");
    }

    /// <summary>An exact match with a field of few values is a classification.</summary>
    private static void AddTask(JsonObject spec, string model, GraderImport graders, ItemSchema schema)
    {
        var labels =
            graders.Reference is { } reference
            && graders.Metrics.Any(metric => (metric as JsonObject)?["name"]?.GetValue<string>() is "exact_match")
                ? schema.ValuesOf(reference)
                : null;
        spec["task"] = labels is null ? "generation" : "classification";
        spec["model"] = model;
        if (labels is null)
        {
            return;
        }

        graders.Metrics.Insert(0, (JsonNode)"accuracy");
        graders.Metrics.Insert(1, (JsonNode)"f1");
        spec["labels"] = new JsonArray([.. labels.Select(label => (JsonNode)label)]);
    }

    /// <summary>A judge's verdict needs no reference, but a row needs one to be read.</summary>
    private static string? StandIn(string? field, ImportFindings findings)
    {
        if (field is not null)
        {
            findings.Note(
                $"No grader compares with a field of the item; item.{field} stands in for the reference that every row must have."
            );
        }

        return field;
    }

    /// <summary>Checks that the result is an accepted spec.</summary>
    private static void Check(string text)
    {
        try
        {
            var spec = SpecReader.Read(text, SpecFileName);
            MetricCatalog.Create(spec.Task, spec.Metrics, spec.MetricSettings);
        }
        catch (Exception refused) when (refused is SpecException or OptionException)
        {
            throw new ImportException($"The eval cannot be imported: {refused.Message}");
        }
    }
}
