using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using FunctionsEval.Core.Costs;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Tasks;

namespace FunctionsEval.Core.Drafts;

/// <summary>The fields of a spec that is being written, and what is said of them.</summary>
/// <param name="task">The task.</param>
/// <param name="reading">How the rows are read.</param>
/// <param name="rows">The rows.</param>
/// <param name="guess">What their fields are.</param>
/// <param name="samples">The samples that they are.</param>
/// <param name="options">What is given.</param>
internal sealed class DraftFields(
    string task,
    DraftReading reading,
    RowProfile rows,
    ColumnGuess guess,
    IReadOnlyList<Sample> samples,
    DraftOptions options
)
{
    private const int MinOutputTokens = 16;
    private const int MaxOutputTokens = 4096;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What was guessed and why.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>The metrics, names or objects; empty for the task's defaults.</summary>
    public IReadOnlyList<object> Metrics { get; set; } = [];

    /// <summary>The labels; empty for tasks without.</summary>
    public IReadOnlyList<string> Labels { get; set; } = [];

    /// <summary>The number of which a gate asks that it is not worse than the baseline's; null for none.</summary>
    public string? Headline { get; set; }

    /// <summary>Whether rows that are no conversation are asked for exactly one label.</summary>
    public bool AsksForLabel { get; set; }

    /// <summary>The spec.</summary>
    public SpecDraft Finish()
    {
        var spec = new Dictionary<string, object>();
        if (options.Schema is { } schema)
        {
            spec["$schema"] = schema;
        }

        spec["name"] = options.Name;
        spec["task"] = task;
        spec["model"] = options.Model;
        if (options.Baseline is { } baseline)
        {
            spec["baseline"] = baseline;
        }

        AddTraining(spec);
        AddColumns(spec);
        AddLabels(spec);
        AddPrompt(spec);
        AddRequest(spec);
        spec["metrics"] = Metrics.Count > 0 ? Metrics : DefaultMetrics();
        AddSlices(spec);
        AddGate(spec);
        NoteTurns();
        return new SpecDraft(task, JsonSerializer.Serialize(spec, Json) + "\n", Notes);
    }

    /// <summary>The task's own metrics, as far as they need no options.</summary>
    private List<object> DefaultMetrics() =>
        task == "classification"
            ? ["accuracy", "f1", "confusion_matrix", "unparsable_rate"]
            : [.. TaskCatalog.Get(task).DefaultMetrics.Where(metric => metric.Options.Count == 0).Select(metric => metric.Name)];

    private void AddTraining(Dictionary<string, object> spec)
    {
        if (options.TrainingFile is { } training)
        {
            spec["trainingFile"] = training;
            Notes.Add($"trainingFile: {training} lies beside the dataset; samples are looked for in it (leakage).");
        }
    }

    private void AddColumns(Dictionary<string, object> spec)
    {
        var named = new Dictionary<string, object>();
        Name("input", reading.Columns.Input);
        Name("reference", reading.Columns.Reference?.Name);
        Name("id", rows.Fields.Any(field => field.Name == "messages") ? null : guess.FindId());
        string[] used = [.. named.Values.Cast<string>()];
        var tags = task == "language_modelling" || rows.Find("messages") is not null ? [] : guess.Tags(used);
        if (tags.Count > 0)
        {
            named["tags"] = tags;
            Notes.Add($"columns.tags: {string.Join(", ", tags)} divide the rows into a few groups; each metric is given for each.");
        }

        if (named.Count > 0)
        {
            spec["columns"] = named;
        }

        void Name(string part, string? field)
        {
            if (field is not null)
            {
                named[part] = field;
                Notes.Add($"columns.{part}: the field {field}.");
            }
        }
    }

    private void AddLabels(Dictionary<string, object> spec)
    {
        if (Labels.Count == 0)
        {
            return;
        }

        spec["labels"] = Labels;
        Notes.Add(
            Invariant($"labels: the {Labels.Count} that occur, the commonest first. Add those that the model may give and no row has.")
        );
    }

    private void AddPrompt(Dictionary<string, object> spec)
    {
        var prompt = new Dictionary<string, object>();
        if (AsksForLabel && samples.All(sample => sample.Messages.Count == 0) && rows.Find("completion") is null)
        {
            prompt["system"] = $"Answer with exactly one label and nothing else: {string.Join(", ", Labels.Select(WithoutBraces))}.";
            Notes.Add("prompt.system: asks for one label. Write the prompt that the model was tuned with, if it is another.");
        }

        if (reading.User is { } user)
        {
            prompt["user"] = user;
            Notes.Add("prompt.user: made of several fields, since rows have a question beside something it is about.");
        }

        if (prompt.Count > 0)
        {
            spec["prompt"] = prompt;
        }
    }

    private void AddRequest(Dictionary<string, object> spec)
    {
        var definition = TaskCatalog.Get(task);
        if (definition.Answer != AnswerKind.Written)
        {
            return;
        }

        if (task != "tool_calls" && samples.Any(sample => sample.Tools is not null))
        {
            spec["tools"] = "send";
            Notes.Add("tools: rows offer tools; they are sent, as in tuning.");
        }

        var longest = samples.SelectMany(sample => sample.References.Take(1)).MaxBy(text => text.Length);
        var tokens = longest is null ? 512 : new PromptTokens().Count(longest);
        var bound = MinOutputTokens;
        while (bound < MaxOutputTokens && bound < tokens * 1.5 + 8)
        {
            bound *= 2;
        }

        spec["sampling"] = new Dictionary<string, object> { ["maxOutputTokens"] = bound, ["temperature"] = 0 };
        Notes.Add(
            longest is null
                ? Invariant($"sampling.maxOutputTokens: {bound}. Raise it for a model that reasons first.")
                : Invariant(
                    $"sampling.maxOutputTokens: {bound}, since the longest reference has some {tokens} tokens. Raise it for a model that reasons first."
                )
        );
    }

    private void AddSlices(Dictionary<string, object> spec)
    {
        var tags =
            spec.TryGetValue("columns", out var named) && ((Dictionary<string, object>)named).TryGetValue("tags", out var list)
                ? (IReadOnlyList<string>)list
                : [];
        var ofRows = ColumnGuess.SlicesOf(samples);
        List<string> slices = [.. ofRows, .. tags.Except(ofRows, StringComparer.Ordinal)];
        if (slices.Count > 0)
        {
            spec["slices"] = slices;
        }

        if (ofRows.Count > 0)
        {
            Notes.Add($"slices: the tags {string.Join(", ", ofRows)} of the rows.");
        }
    }

    private void AddGate(Dictionary<string, object> spec)
    {
        List<object> rules = [new Dictionary<string, object> { ["minimumCoverage"] = 0.98 }];
        if (Headline is { } headline && options.Baseline is not null)
        {
            rules.Insert(0, new Dictionary<string, object> { ["metric"] = headline, ["notWorseThanBaselineBy"] = 0.0 });
        }

        spec["gate"] = new Dictionary<string, object> { ["rules"] = rules };
        Notes.Add(
            Headline is { } of && options.Baseline is not null
                ? $"gate: {of} is not worse than the baseline's, and 98 % of the samples count. Add what you accept at {(of == "mae" ? "most" : "least")}: {{\"metric\": \"{of}\", \"{(of == "mae" ? "maximum" : "minimum")}\": …}}."
                : "gate: 98 % of the samples count. Add a rule for the number that decides."
        );
    }

    private void NoteTurns()
    {
        if (rows.Find("messages") is not null)
        {
            Notes.Add(
                "rows: conversations in messages, as OpenAI and Azure fine-tuning take them. The last turn of the assistant is the reference; "
                    + "\"turns\": \"all\" makes each trained turn a sample."
            );
        }
    }

    /// <summary>A prompt is a Liquid template.</summary>
    private static string WithoutBraces(string label) =>
        label.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
