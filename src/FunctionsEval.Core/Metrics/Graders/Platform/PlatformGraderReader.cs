using System.Text.Json;
using System.Text.RegularExpressions;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.Graders.Platform;

/// <summary>Reads the JSON of a platform's grader.</summary>
/// <param name="gradeName">Name under which the grade is kept.</param>
/// <param name="model">The configured model that is asked instead of those that the grader names; null for none.</param>
/// <param name="embeddings">The configured model that gives embeddings; null for none.</param>
internal sealed partial class PlatformGraderReader(string gradeName, string? model, string? embeddings)
{
    private const string Multi = "multi";

    private static readonly string[] Types = ["string_check", "text_similarity", "label_model", "score_model", "http"];

    /// <summary>The platforms' pages spell it in three ways.</summary>
    private static readonly string[] MaxTokensNames = ["max_completions_tokens", "max_completion_tokens", "max_tokens"];

    private static readonly Dictionary<string, StringOperation> Operations = new(StringComparer.Ordinal)
    {
        ["eq"] = StringOperation.Equal,
        ["ne"] = StringOperation.NotEqual,
        // Azure's page spells it so.
        ["neq"] = StringOperation.NotEqual,
        ["like"] = StringOperation.Like,
        ["ilike"] = StringOperation.LikeIgnoringCase,
    };

    /// <summary>Reads a grader.</summary>
    /// <exception cref="OptionException">It cannot be used.</exception>
    public PlatformGrader Read(OptionReader options)
    {
        var type = TypeOf(options, [.. Types, Multi]);
        var grader = type == Multi ? ReadMulti(options) : ReadOne(options, type);
        options.RefuseUnread($"member of a {type} grader");
        return grader;
    }

    private PlatformGrader ReadOne(OptionReader options, string type)
    {
        var part = ReadPart(options, type, key: "", gradeName);
        return new PlatformGrader(type, [part]) { PassThreshold = ReadThreshold(options, type), Definition = GraderDefinition.Of(part) };
    }

    private PlatformGrader ReadMulti(OptionReader options)
    {
        IgnoreNames(options);
        if (options.Read("graders") is not { } graders)
        {
            throw options.Wrong("graders", "is missing: an object of graders by the names that calculate_output uses");
        }

        var members = new OptionReader(options.PathOf("graders"), graders);
        List<GraderPart> parts = [];
        foreach (var (key, value) in members.Fields)
        {
            if (parts.Count == SpecLimits.MaxElements)
            {
                throw options.TooMany("graders", SpecLimits.MaxElements);
            }

            if (!Name().IsMatch(key) || FormulaFunction.ByName.ContainsKey(key))
            {
                throw members.Error(key, "cannot be used in calculate_output: take letters, digits and _, and no function's name.");
            }

            var of = new OptionReader(members.PathOf(key), value);
            var type = TypeOf(of, Types);
            parts.Add(ReadPart(of, type, key, $"{gradeName}.{key}"));
            ReadThreshold(of, type);
            of.RefuseUnread($"member of a {type} grader");
        }

        if (parts.Count == 0)
        {
            throw options.Wrong("graders", "must have at least one grader");
        }

        var text = options.Text("calculate_output", ScoreFormula.MaxLength) ?? throw options.Wrong("calculate_output", "is missing");
        return new PlatformGrader(Multi, parts)
        {
            Formula = ReadFormula(options, text, parts),
            PassThreshold = options.Number("pass_threshold"),
            Definition = string.Join('\n', parts.Select(GraderDefinition.Of).Append(text)),
        };
    }

    private static ScoreFormula ReadFormula(OptionReader options, string text, List<GraderPart> parts)
    {
        try
        {
            return ScoreFormula.Parse(text, [.. parts.Select(part => part.Key)]);
        }
        catch (FormatException invalid)
        {
            throw options.Wrong("calculate_output", $"is no formula: {invalid.Message}");
        }
    }

    private GraderPart ReadPart(OptionReader options, string type, string key, string name)
    {
        IgnoreNames(options);
        return type switch
        {
            "string_check" => new GraderPart(key, ReadStringCheck(options, name), new Bounds(0, 1)),
            "text_similarity" => ReadSimilarity(options, key, name),
            "label_model" => new GraderPart(key, ReadLabelModel(options, name), new Bounds(0, 1)),
            "score_model" => ReadScoreModel(options, key, name),
            _ => ReadHttp(options, key, name),
        };
    }

    private static StringCheckSpec ReadStringCheck(OptionReader options, string name)
    {
        var operation = options.Choice("operation", "", Operations.Keys);
        return new StringCheckSpec(name, ReadTexts(options), Operations[operation]);
    }

    private GraderPart ReadSimilarity(OptionReader options, string key, string name)
    {
        var measure = options.Choice("evaluation_metric", "", [.. TextSimilaritySpec.Measures, "cosine"]);
        var texts = ReadTexts(options);
        if (measure != "cosine")
        {
            return new GraderPart(key, new TextSimilaritySpec(name, texts, measure), new Bounds(0, 1));
        }

        var asked =
            embeddings
            ?? throw options.Wrong(
                "evaluation_metric",
                "\"cosine\" needs a model with Api Embeddings: name a configured one in the metric's option \"embeddings\""
            );
        return new GraderPart(
            key,
            new SimilaritySpec(name, asked) { Texts = texts, Place = options.PathOf("evaluation_metric") },
            new Bounds(-1, 1)
        );
    }

    private TurnsSpec ReadLabelModel(OptionReader options, string name)
    {
        var labels = options.DistinctTexts("labels") ?? [];
        var passing = options.DistinctTexts("passing_labels") ?? [];
        if (labels.Count == 0 || passing.Count == 0)
        {
            throw options.Wrong(labels.Count == 0 ? "labels" : "passing_labels", "must have at least one label");
        }

        foreach (var label in passing.Where(label => !labels.Contains(label, StringComparer.Ordinal)))
        {
            throw options.Error("passing_labels", NearestName.Unknown("label of this grader", label, labels));
        }

        return ReadTurnsSpec(options, name) with
        {
            Labels = labels,
            Pass = passing,
        };
    }

    private GraderPart ReadScoreModel(OptionReader options, string key, string name)
    {
        var range = ReadRange(options);
        var spec = ReadTurnsSpec(options, name) with { Lowest = range.Lowest, Highest = range.Highest, Clamps = true };
        return new GraderPart(key, spec, range);
    }

    private static GraderPart ReadHttp(OptionReader options, string key, string name)
    {
        var endpoint = options.Text("endpoint", canBeEmpty: false);
        var range = ReadRange(options);
        return endpoint is null
            ? throw options.Wrong("endpoint", "is missing: the name of an HTTP grader in the app settings (Graders__Http__{name}__Url)")
            : new GraderPart(
                key,
                new HttpGraderSpec(name, endpoint)
                {
                    Lowest = range.Lowest,
                    Highest = range.Highest,
                    Place = options.PathOf("endpoint"),
                },
                range
            );
    }

    private TurnsSpec ReadTurnsSpec(OptionReader options, string name)
    {
        var asked = options.Text("model", canBeEmpty: false);
        var sampling = options.Read("sampling_params") is { } given
            ? new OptionReader(options.PathOf("sampling_params"), given)
            : new OptionReader(options.PathOf("sampling_params"), new Dictionary<string, JsonElement>());
        var spec = new TurnsSpec(
            name,
            model ?? asked ?? throw options.Wrong("model", "is missing: the name of the configured model that grades")
        )
        {
            Turns = TurnReader.Read(options),
            Place = options.PathOf("model"),
            Temperature = sampling.Number("temperature", 0, 2) ?? 0,
            TopP = sampling.Number("top_p", 0, 1),
            Seed = sampling.Integer("seed"),
            MaxOutputTokens = MaxTokensOf(sampling),
        };
        sampling.RefuseUnread("sampling parameter that is sent for a grader");
        return spec;
    }

    private static int MaxTokensOf(OptionReader sampling) =>
        MaxTokensNames.Select(name => (int?)sampling.Integer(name, 1, 100_000)).FirstOrDefault(given => given is not null) ?? 4_096;

    private static Bounds ReadRange(OptionReader options)
    {
        var range = options.Numbers("range") ?? [0, 1];
        return range is [>= -1e6, <= 1e6] && range[0] < range[1]
            ? new Bounds(range[0], range[1])
            : throw options.Wrong("range", "must be the lowest and the highest score, from -1000000 to 1000000, for example [0, 1]");
    }

    /// <summary>A score of 0 or 1 needs no threshold; where one is given it changes nothing.</summary>
    private static double? ReadThreshold(OptionReader options, string type) =>
        options.Number("pass_threshold") is { } threshold && type is not ("string_check" or "label_model") ? threshold : null;

    private static ComparedTexts ReadTexts(OptionReader options) => new(ReadTemplate(options, "input"), ReadTemplate(options, "reference"));

    private static GraderTemplate ReadTemplate(OptionReader options, string name) =>
        TurnReader.Parse(options, name, options.Text(name, SpecLimits.MaxBytes) ?? throw options.Wrong(name, "is missing"));

    private static string TypeOf(OptionReader options, IReadOnlyList<string> types) =>
        options.Text("type") switch
        {
            "python" => throw options.Error(
                "type",
                "'python' is not run: the app runs no code of a dataset or a spec. Put the code behind an endpoint, and write {\"type\": \"http\", \"endpoint\": …} instead; docs/graders.md has an example."
            ),
            "endpoint" => throw options.Error(
                "type",
                "'endpoint' has its address in the grader; addresses are in the app settings alone. Write {\"type\": \"http\", \"endpoint\": …} with the name of an HTTP grader; see docs/graders.md."
            ),
            null => throw options.Wrong("type", $"is missing: one of {string.Join(", ", types)}"),
            var type => types.Contains(type, StringComparer.Ordinal) ? type : throw options.NotOneOf("type", type, types),
        };

    /// <summary>What names a grader on its platform means nothing here; nor does a member without a value.</summary>
    private static void IgnoreNames(OptionReader options)
    {
        foreach (var name in options.Names.Where(options.IsNull).ToList())
        {
            options.Read(name);
        }

        options.Read("name");
        options.Read("id");
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,99}\z")]
    private static partial Regex Name();
}
