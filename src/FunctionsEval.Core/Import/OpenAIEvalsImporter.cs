using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Runs;

namespace FunctionsEval.Core.Import;

/// <summary>
/// Turns an eval of OpenAI's Evals API (the body or the answer of <c>POST /v1/evals</c>), and optionally a run of it, which holds the prompt,
/// into a spec. Its data stay as they are: rows of the form <c>{"item": {…}}</c> are read. Graders that have no counterpart are all named in
/// one error, none is dropped.
/// </summary>
public static partial class OpenAIEvalsImporter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] InputNames = ["input", "prompt", "question", "text", "query", "messages"];

    /// <summary>Imports an eval.</summary>
    /// <param name="evalJson">The eval.</param>
    /// <param name="runJson">A run of it; null when there is none.</param>
    /// <param name="model">The configured model to evaluate; null takes the run's model as a name.</param>
    /// <param name="embeddings">The configured embeddings model for cosine similarity; null when there is none.</param>
    /// <exception cref="ImportException">It cannot become a spec.</exception>
    public static ImportResult Import(string evalJson, string? runJson, string? model, string? embeddings)
    {
        ArgumentNullException.ThrowIfNull(evalJson);
        return new Importer(Parse(evalJson, "The eval"), runJson is null ? null : Parse(runJson, "The run"), model, embeddings).Run();
    }

    private static JsonObject Parse(string json, string what)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }) as JsonObject
                ?? throw new ImportException($"{what} is not a JSON object.");
        }
        catch (JsonException invalid)
        {
            throw new ImportException(string.Create(CultureInfo.InvariantCulture, $"{what} is not valid JSON at line {invalid.LineNumber + 1}."));
        }
    }

    [GeneratedRegex(@"\{\{\s*(?<path>[A-Za-z_][A-Za-z0-9_.]*)\s*\}\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^\s*\{\{\s*item\.(?<path>[A-Za-z_][A-Za-z0-9_.]*)\s*\}\}\s*\z")]
    private static partial Regex OneItem();

    [GeneratedRegex(@"^\s*\{\{\s*sample\.output_text\s*\}\}\s*\z")]
    private static partial Regex Output();

    /// <summary>One import: collects metrics, rules, notes and problems while it looks at the parts.</summary>
    private sealed class Importer(JsonObject eval, JsonObject? run, string? model, string? embeddings)
    {
        private readonly JsonArray _metrics = [];
        private readonly JsonArray _rules = [];
        private readonly List<string> _notes = [];
        private readonly List<string> _problems = [];
        private readonly HashSet<string> _references = new(StringComparer.Ordinal);
        private readonly HashSet<string> _prefixes = new(StringComparer.Ordinal);

        public ImportResult Run()
        {
            var source = eval["data_source_config"] as JsonObject;
            if (Text(source, "type") is { } type and not "custom")
                _problems.Add($"data_source_config.type '{type}': only 'custom' has rows of its own; export the logged completions as JSONL with {{\"item\": …}} rows and a custom item_schema");
            var properties = source?["item_schema"]?["properties"] as JsonObject ?? [];
            var criteria = eval["testing_criteria"] as JsonArray ?? [];
            if (criteria.Count == 0)
                _problems.Add("testing_criteria: there is no grader");
            foreach (var criterion in criteria)
                Read(criterion as JsonObject ?? []);

            if (_references.Count > 1)
                _problems.Add($"testing_criteria: graders compare with different fields ({string.Join(", ", _references.Order(StringComparer.Ordinal))}); a spec has one reference: make an eval of each");
            var prompt = ReadPrompt(properties, out var inputColumn);
            var name = model ?? Text(Source, "model");
            if (name is null)
                _problems.Add("model: say which configured model is evaluated (--model)");
            if (_problems.Count > 0)
                throw new ImportException("The eval cannot be imported:\n" + string.Join('\n', _problems.Select(problem => "- " + problem)));

            var spec = Spec(name!, properties, prompt, inputColumn);
            var text = spec.ToJsonString(Indented) + "\n";
            Check(text);
            return new ImportResult(text, _notes);
        }

        private JsonObject? Source => run?["data_source"] as JsonObject;

        private static string? Text(JsonObject? from, string name) =>
            from?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

        private JsonObject Spec(string name, JsonObject properties, JsonObject? prompt, string? inputColumn)
        {
            var reference = _references.FirstOrDefault();
            var labels = reference is not null && properties[reference]?["enum"] is JsonArray { Count: > 1 } values && values.All(value => value?.GetValueKind() == JsonValueKind.String)
                ? values.Select(value => value!.GetValue<string>().Trim()).Distinct(StringComparer.Ordinal).ToList()
                : null;
            var columns = new JsonObject();
            if (inputColumn is not null)
                columns["input"] = inputColumn;
            // A judge's verdict needs no reference, but a row needs one to be read.
            if (reference is null && (inputColumn ?? properties.FirstOrDefault().Key) is { } standIn)
            {
                reference = standIn;
                _notes.Add($"No grader compares with a field of the item; item.{standIn} stands in for the reference that every row must have.");
            }

            if (reference is not null)
                columns["reference"] = reference;
            var isClassification = labels is not null && _metrics.Any(metric => (metric as JsonObject)?["name"]?.GetValue<string>() is "exact_match");
            if (isClassification)
            {
                _metrics.Insert(0, (JsonNode)"accuracy");
                _metrics.Insert(1, (JsonNode)"f1");
            }

            var spec = new JsonObject { ["name"] = Text(eval, "name"), ["task"] = isClassification ? "classification" : "generation", ["model"] = name };
            if (spec["name"] is null)
                spec.Remove("name");
            if (isClassification)
                spec["labels"] = new JsonArray([.. labels!.Select(label => (JsonNode)label)]);
            if (prompt is not null)
                spec["prompt"] = prompt;
            if (columns.Count > 0)
                spec["columns"] = columns;
            if (ReadSampling() is { Count: > 0 } sampling)
                spec["sampling"] = sampling;
            spec["metrics"] = _metrics;
            if (_rules.Count > 0)
                spec["gate"] = new JsonObject { ["rules"] = _rules };
            return spec;
        }

        private void Read(JsonObject criterion)
        {
            var name = Text(criterion, "name") ?? "unnamed";
            switch (Text(criterion, "type"))
            {
                case "string_check":
                    ReadStringCheck(name, criterion);
                    break;
                case "text_similarity":
                    ReadTextSimilarity(name, criterion);
                    break;
                case "label_model":
                    ReadLabelModel(name, criterion);
                    break;
                case "score_model":
                    ReadScoreModel(name, criterion);
                    break;
                case var type:
                    _problems.Add($"grader '{name}': type '{type ?? "missing"}' has no counterpart; there are string_check, text_similarity, label_model and score_model");
                    break;
            }
        }

        private void ReadStringCheck(string name, JsonObject criterion)
        {
            if (!ComparesOutput(name, criterion))
                return;
            switch (Text(criterion, "operation"))
            {
                case "eq":
                    AddMetric(new JsonObject { ["name"] = "exact_match" }, name);
                    break;
                case "like":
                    AddMetric(new JsonObject { ["name"] = "contains" }, name);
                    break;
                case "ilike":
                    AddMetric(new JsonObject { ["name"] = "contains", ["ignore_case"] = true }, name);
                    break;
                case var operation:
                    _problems.Add($"grader '{name}': operation '{operation ?? "missing"}' has no counterpart; there are eq, like and ilike");
                    break;
            }
        }

        private void ReadTextSimilarity(string name, JsonObject criterion)
        {
            if (!ComparesOutput(name, criterion))
                return;
            var measure = Text(criterion, "evaluation_metric");
            // OpenAI's scores are 0–1; BLEU's here are sacrebleu's, 0–100.
            var (metric, value, scale) = measure switch
            {
                "bleu" => (new JsonObject { ["name"] = "bleu" }, "bleu", 100.0),
                "rouge_1" or "rouge_2" or "rouge_l" => (
                    new JsonObject { ["name"] = "rouge", ["rouge_types"] = new JsonArray(RougeType(measure)) }, RougeType(measure), 1.0),
                "cosine" when embeddings is not null => (new JsonObject { ["name"] = "semantic_similarity", ["model"] = embeddings }, "semantic_similarity", 1.0),
                _ => (null, "", 0.0),
            };
            if (metric is null)
            {
                _problems.Add(measure == "cosine"
                    ? $"grader '{name}': cosine needs a configured embeddings model (--embeddings)"
                    : $"grader '{name}': evaluation_metric '{measure ?? "missing"}' has no counterpart; there are bleu, rouge_1, rouge_2, rouge_l and cosine");
                return;
            }

            AddMetric(metric, name);
            AddThreshold(name, criterion, value, scale);
        }

        private static string RougeType(string measure) => measure switch { "rouge_1" => "rouge1", "rouge_2" => "rouge2", _ => "rougeL" };

        private void ReadLabelModel(string name, JsonObject criterion)
        {
            var labels = criterion["labels"]?.AsArray().Select(label => label!.GetValue<string>()).ToList() ?? [];
            var reply = $$"""Reply with {"label": "…"} and nothing else. The label is one of: {{string.Join(", ", labels)}}.""";
            if (Judge(name, criterion, reply) is not { } judge)
                return;
            judge["labels"] = new JsonArray([.. labels.Select(label => (JsonNode)label)]);
            judge["pass"] = criterion["passing_labels"]?.DeepClone() ?? new JsonArray();
            _metrics.Add((JsonNode)judge);
        }

        private void ReadScoreModel(string name, JsonObject criterion)
        {
            var range = criterion["range"] as JsonArray;
            var (low, high) = range is { Count: 2 } ? (range[0]!.GetValue<double>(), range[1]!.GetValue<double>()) : (0.0, 1.0);
            var reply = string.Create(CultureInfo.InvariantCulture, $$"""Reply with {"score": …} and nothing else. The score is a number from {{low}} to {{high}}.""");
            if (Judge(name, criterion, reply) is not { } judge)
                return;
            judge["scale"] = new JsonArray(low, high);
            _metrics.Add((JsonNode)judge);
            AddThreshold(name, criterion, judge["prefix"]!.GetValue<string>() + "judge_score", scale: 1);
        }

        private JsonObject? Judge(string name, JsonObject criterion, string reply)
        {
            if (Text(criterion, "model") is not { } judgeModel)
            {
                _problems.Add($"grader '{name}': names no model");
                return null;
            }

            if (Turns(criterion["input"], $"grader '{name}': input") is not { } turns)
                return null;
            var rubric = string.Join("\n\n", turns.Select(turn => turn.Content)) + "\n\n" + reply;
            if (ToLiquid(rubric, $"grader '{name}': input", isRubric: true) is not { } template)
                return null;
            _notes.Add($"grader '{name}': configure a model named '{judgeModel}' (Models__…__Name), or put the name of one into the spec. It is told how to reply in words, where OpenAI's graders use structured output.");
            return new JsonObject { ["name"] = "judge", ["prefix"] = Prefix(name), ["model"] = judgeModel, ["rubric"] = template };
        }

        private void AddThreshold(string name, JsonObject criterion, string value, double scale)
        {
            if (criterion["pass_threshold"] is not { } threshold)
                return;
            var minimum = threshold.GetValue<double>() * scale;
            _rules.Add((JsonNode)new JsonObject { ["metric"] = value, ["minimum"] = minimum });
            _notes.Add(string.Create(CultureInfo.InvariantCulture, $"grader '{name}': pass_threshold became the gate rule {value} ≥ {minimum} on the whole dataset, not on each row."));
        }

        private void AddMetric(JsonObject metric, string name)
        {
            if (_metrics.Any(known => JsonNode.DeepEquals(known, metric)))
                _notes.Add($"grader '{name}': the same as another one; it is computed once.");
            else
                _metrics.Add((JsonNode)metric);
        }

        /// <summary>Whether the grader compares the model's whole output with one field of the item.</summary>
        private bool ComparesOutput(string name, JsonObject criterion)
        {
            var input = Text(criterion, "input") ?? "";
            if (!Output().IsMatch(input))
            {
                _problems.Add($"grader '{name}': input '{input}' is not {{{{ sample.output_text }}}}, the whole of the model's answer");
                return false;
            }

            var reference = OneItem().Match(Text(criterion, "reference") ?? "");
            if (!reference.Success)
            {
                _problems.Add($"grader '{name}': reference '{Text(criterion, "reference")}' is not one field of the item, such as {{{{ item.ideal }}}}");
                return false;
            }

            _references.Add(reference.Groups["path"].Value);
            return true;
        }

        private JsonObject? ReadPrompt(JsonObject properties, out string? inputColumn)
        {
            inputColumn = null;
            var messages = Source?["input_messages"] as JsonObject;
            if (Text(messages, "type") == "item_reference" && Text(messages, "item_reference") is { } path)
            {
                inputColumn = path.StartsWith("item.", StringComparison.Ordinal) ? path["item.".Length..] : path;
                return null;
            }

            if (messages?["template"] is not { } template)
            {
                inputColumn = InputNames.FirstOrDefault(properties.ContainsKey);
                if (inputColumn is null)
                    _problems.Add("prompt: an eval does not say what the model is asked; give a run of it (--run), which does");
                else
                    _notes.Add($"The prompt is item.{inputColumn} as it is: the eval does not say what the model is asked. Give a run of it (--run) if that is not so.");
                return null;
            }

            if (Turns(template, "input_messages.template") is not { } turns)
                return null;
            var system = turns.Where(turn => turn.Role is "system" or "developer").Select(turn => turn.Content).ToList();
            var user = turns.Where(turn => turn.Role == "user").Select(turn => turn.Content).ToList();
            if (user.Count != 1 || turns.Count > user.Count + system.Count)
            {
                _problems.Add("input_messages.template: only system turns and one user turn have a counterpart");
                return null;
            }

            var prompt = new JsonObject();
            if (system.Count > 0)
                prompt["system"] = ToLiquid(string.Join("\n\n", system), "input_messages.template", isRubric: false);
            prompt["user"] = ToLiquid(user[0], "input_messages.template", isRubric: false);
            return prompt;
        }

        private JsonObject ReadSampling()
        {
            var sampling = new JsonObject();
            var given = Source?["sampling_params"] as JsonObject ?? [];
            foreach (var (name, field) in new[]
            {
                ("temperature", "temperature"), ("top_p", "topP"), ("seed", "seed"),
                ("max_completion_tokens", "maxOutputTokens"), ("max_completions_tokens", "maxOutputTokens"), ("max_output_tokens", "maxOutputTokens"), ("max_tokens", "maxOutputTokens"),
            })
            {
                if (given[name] is { } value)
                    sampling[field] = value.DeepClone();
            }

            return sampling;
        }

        /// <summary>Turns of an input: role and content, which is a text or an object or list of objects with one.</summary>
        private List<(string Role, string Content)>? Turns(JsonNode? input, string place)
        {
            var turns = new List<(string, string)>();
            foreach (var turn in input as JsonArray ?? [])
            {
                var contents = turn?["content"] switch
                {
                    JsonArray list => list.Select(ContentOf),
                    var one => [ContentOf(one)],
                };
                var texts = contents.ToList();
                if (texts.Contains(null))
                {
                    _problems.Add($"{place}: a turn holds something else than text");
                    return null;
                }

                turns.Add((Text(turn as JsonObject, "role") ?? "user", string.Concat(texts)));
            }

            if (turns.Count > 0)
                return turns;
            _problems.Add($"{place}: there is no turn");
            return null;
        }

        private static string? ContentOf(JsonNode? content) => content switch
        {
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            JsonObject part => Text(part, "text"),
            _ => null,
        };

        /// <summary>OpenAI's variables as Liquid's: <c>item.x</c> is the row's field, <c>sample.output_text</c> the answer.</summary>
        private string? ToLiquid(string text, string place, bool isRubric)
        {
            var isKnown = true;
            var liquid = Variable().Replace(text, match =>
            {
                var path = match.Groups["path"].Value;
                if (path.StartsWith("item.", StringComparison.Ordinal))
                    return $"{{{{ {path["item.".Length..]} }}}}";
                if (isRubric && path == "sample.output_text")
                    return "{{ answer }}";
                isKnown = false;
                _problems.Add($"{place}: the variable {path} has no counterpart; there are item.… and, in graders, sample.output_text");
                return match.Value;
            });
            return isKnown ? liquid : null;
        }

        private string Prefix(string name)
        {
            var letters = string.Concat(name.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_')).Trim('_');
            var prefix = letters.Length == 0 ? "grader_" : letters + "_";
            for (var number = 2; !_prefixes.Add(prefix); number++)
                prefix = string.Create(CultureInfo.InvariantCulture, $"{letters}{number}_");
            return prefix;
        }

        /// <summary>What comes out must be a spec that is accepted.</summary>
        private static void Check(string text)
        {
            try
            {
                var spec = SpecReader.Read(text, SpecFileName);
                MetricCatalog.Create(spec.Task, spec.Metrics, spec.Labels, spec.PositiveLabel);
            }
            catch (Exception refused) when (refused is SpecException or MetricSpecException)
            {
                throw new ImportException($"The eval cannot be imported: {refused.Message}");
            }
        }

        private const string SpecFileName = "evaluation.json";
    }
}
