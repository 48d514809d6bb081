using System.Globalization;
using System.Text.Json.Nodes;

namespace FunctionsEval.Core.Import;

/// <summary>Converts the graders of an eval to metrics and rules. A grader without a counterpart is a problem; none is dropped.</summary>
internal sealed class GraderImport(ImportFindings findings, string? embeddings)
{
    private readonly HashSet<string> _prefixes = new(StringComparer.Ordinal);

    /// <summary>The metrics.</summary>
    public JsonArray Metrics { get; } = [];

    /// <summary>The gate's rules.</summary>
    public JsonArray Rules { get; } = [];

    /// <summary>The item's field that answers are compared with; null when none is.</summary>
    public string? Reference { get; private set; }

    /// <summary>Reads the graders.</summary>
    /// <param name="criteria">The eval's <c>testing_criteria</c>.</param>
    public void Read(IReadOnlyList<SavedObject> criteria)
    {
        if (criteria.Count == 0)
        {
            findings.Refuse("testing_criteria: there is no grader");
        }

        foreach (var criterion in criteria)
        {
            Read(criterion);
        }
    }

    private void Read(SavedObject criterion)
    {
        var name = criterion.Text("name") ?? "unnamed";
        switch (criterion.Text("type"))
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
            case "multi":
                AddGrader(name, criterion);
                break;
            case var type:
                findings.Refuse(
                    $"grader '{name}': type '{type ?? "missing"}' is not supported; use string_check, text_similarity, label_model, "
                        + "score_model or multi, and put code behind an HTTP grader (docs/graders.md)"
                );
                return;
        }

        findings.NoteOthers(criterion, $"grader '{name}'", GraderCopy.KnownMembers);
    }

    private void ReadStringCheck(string name, SavedObject criterion)
    {
        switch (ComparesOutput(criterion) ? criterion.Text("operation") : null)
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
            default:
                AddGrader(name, criterion);
                break;
        }
    }

    private void ReadTextSimilarity(string name, SavedObject criterion)
    {
        var measure = ComparesOutput(criterion) ? criterion.Text("evaluation_metric") : null;
        // OpenAI's scores are 0–1; BLEU's here are sacrebleu's, 0–100.
        var (metric, value, scale) = measure switch
        {
            "bleu" => (new JsonObject { ["name"] = "bleu" }, "bleu", 100.0),
            "rouge_1" or "rouge_2" or "rouge_l" => (
                new JsonObject { ["name"] = "rouge", ["rouge_types"] = new JsonArray(RougeType(measure)) },
                RougeType(measure),
                1.0
            ),
            "cosine" when embeddings is not null => (
                new JsonObject { ["name"] = "semantic_similarity", ["model"] = embeddings },
                "semantic_similarity",
                1.0
            ),
            _ => (null, "", 0.0),
        };
        if (metric is null)
        {
            if (criterion.Text("evaluation_metric") == "cosine" && embeddings is null)
            {
                findings.Refuse($"grader '{name}': cosine needs a configured embeddings model (--embeddings)");
                return;
            }

            AddGrader(name, criterion);
            return;
        }

        AddMetric(metric, name);
        AddThreshold(name, criterion, value, scale);
    }

    private static string RougeType(string measure) =>
        measure switch
        {
            "rouge_1" => "rouge1",
            "rouge_2" => "rouge2",
            _ => "rougeL",
        };

    private void ReadLabelModel(string name, SavedObject criterion)
    {
        var labels = criterion.Texts("labels");
        var reply = $$"""Reply with {"label": "…"} and nothing else. The label is one of: {{string.Join(", ", labels)}}.""";
        if (Judge(name, criterion, reply) is not { } judge)
        {
            return;
        }

        judge["labels"] = ToArray(labels);
        judge["pass"] = ToArray(criterion.Texts("passing_labels"));
        Metrics.Add((JsonNode)judge);
    }

    private void ReadScoreModel(string name, SavedObject criterion)
    {
        var (low, high) = (0.0, 1.0);
        if (criterion.Find("range") is not null)
        {
            var range = criterion
                .List("range")
                .Select(bound => bound.ValueKind == System.Text.Json.JsonValueKind.Number ? bound.GetDouble() : double.NaN)
                .ToList();
            if (range.Count != 2 || !range.TrueForAll(double.IsFinite))
            {
                findings.Refuse($"grader '{name}': range is not two numbers");
                return;
            }

            (low, high) = (range[0], range[1]);
        }

        var reply = string.Create(
            CultureInfo.InvariantCulture,
            $$"""Reply with {"score": …} and nothing else. The score is a number from {{low}} to {{high}}."""
        );
        if (Judge(name, criterion, reply) is not { } judge)
        {
            return;
        }

        judge["scale"] = new JsonArray(low, high);
        Metrics.Add((JsonNode)judge);
        AddThreshold(name, criterion, judge["prefix"]!.GetValue<string>() + "judge_score", scale: 1);
    }

    private JsonObject? Judge(string name, SavedObject criterion, string reply)
    {
        var place = $"grader '{name}': input";
        if (criterion.Text("model") is not { } model)
        {
            findings.Refuse($"grader '{name}': names no model");
            return null;
        }

        if (
            EvalTemplates.ReadTurns(criterion.List("input"), place, findings) is not { } turns
            || EvalTemplates.ToLiquid(string.Join("\n\n", turns.Select(turn => turn.Content)), place, isRubric: true, findings)
                is not { } rubric
        )
        {
            return null;
        }

        findings.Note(
            $"grader '{name}': configure a model named '{model}' (Models__…__Name), or put the name of one into the spec. "
                + "It is told how to reply in words, where OpenAI's graders use structured output."
        );
        findings.NoteOthers(criterion.Object("sampling_params"), $"grader '{name}': sampling_params");
        return new JsonObject
        {
            ["name"] = "judge",
            ["prefix"] = Prefix(name),
            ["model"] = model,
            ["rubric"] = $"{rubric}\n\n{EvalTemplates.ToLiquid(reply, place, isRubric: true, findings)}",
        };
    }

    private void AddThreshold(string name, SavedObject criterion, string value, double scale)
    {
        if (criterion.Find("pass_threshold") is null)
        {
            return;
        }

        if (criterion.Number("pass_threshold") is not { } threshold)
        {
            findings.Refuse($"grader '{name}': pass_threshold is not a number");
            return;
        }

        var minimum = threshold * scale;
        Rules.Add((JsonNode)new JsonObject { ["metric"] = value, ["minimum"] = minimum });
        findings.Note(
            string.Create(
                CultureInfo.InvariantCulture,
                $"grader '{name}': pass_threshold became the gate rule {value} ≥ {minimum} on the whole dataset, not on each row."
            )
        );
    }

    private void AddMetric(JsonObject metric, string name)
    {
        if (Metrics.Any(known => JsonNode.DeepEquals(known, metric)))
        {
            findings.Note($"grader '{name}': the same as another one; it is computed once.");
        }
        else
        {
            Metrics.Add((JsonNode)metric);
        }
    }

    /// <summary>Adds a grader without a counterpart as it is: the app computes it as the platform does.</summary>
    private void AddGrader(string name, SavedObject criterion)
    {
        var metric = GraderCopy.MetricOf(criterion, Prefix(name), embeddings);
        Metrics.Add((JsonNode)metric);
        AddThreshold(name, criterion, metric["prefix"]!.GetValue<string>() + "grader_score", scale: 1);
    }

    /// <summary>
    /// Whether the grader compares the model's whole output with one field of the item, which is then the reference: the same for all.
    /// </summary>
    private bool ComparesOutput(SavedObject criterion)
    {
        if (
            !EvalTemplates.IsOutput(criterion.Text("input"))
            || EvalTemplates.FindOnlyField(criterion.Text("reference")) is not { } reference
            || (Reference ?? reference) != reference
        )
        {
            return false;
        }

        Reference = reference;
        return true;
    }

    private static JsonArray ToArray(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];

    private string Prefix(string name)
    {
        var letters = string.Concat(name.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_')).Trim('_');
        var prefix = letters.Length == 0 ? "grader_" : letters + "_";
        for (var number = 2; !_prefixes.Add(prefix); number++)
        {
            prefix = string.Create(CultureInfo.InvariantCulture, $"{letters}{number}_");
        }

        return prefix;
    }
}
