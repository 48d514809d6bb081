using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Tasks;

namespace FunctionsEval.Core.Specs;

/// <summary>
/// Reads evaluation specs, strictly; docs/spec.md and docs/evaluation.schema.json state the form. Metric names and options are checked by
/// the metric catalogue, model names by the app.
/// </summary>
public static class SpecReader
{
    private const int MaxNameLength = 200;
    private static readonly TimeSpan MaxDeadline = TimeSpan.FromDays(30);

    /// <summary>Reads a spec.</summary>
    /// <param name="json">The JSON text; comments and trailing commas are allowed.</param>
    /// <param name="fileName">Name of the spec, for messages.</param>
    /// <exception cref="SpecException">The spec cannot be used.</exception>
    public static EvaluationSpec Read(string json, string fileName)
    {
        ArgumentNullException.ThrowIfNull(json);
        return Read(Encoding.UTF8.GetBytes(json), fileName);
    }

    /// <summary>Reads a spec.</summary>
    /// <param name="utf8Json">The JSON text in UTF-8; comments and trailing commas are allowed, and a byte order mark is skipped.</param>
    /// <param name="fileName">Name of the spec, for messages; one that ends in .yaml or .yml says that the text is YAML.</param>
    /// <exception cref="SpecException">The spec cannot be used.</exception>
    public static EvaluationSpec Read(ReadOnlySpan<byte> utf8Json, string fileName) => Read(utf8Json, fileName, SpecLimits.MaxBytes);

    /// <summary>Reads a spec from a file, and no more of it than a spec may have.</summary>
    /// <param name="utf8Json">As bytes; see <see cref="Read(ReadOnlySpan{byte}, string)"/>.</param>
    /// <param name="fileName">Name of the spec, for messages.</param>
    /// <exception cref="SpecException">The spec cannot be used.</exception>
    public static EvaluationSpec Read(Stream utf8Json, string fileName)
    {
        ArgumentNullException.ThrowIfNull(utf8Json);
        var bytes = new byte[SpecLimits.MaxBytes + 1];
        return Read(bytes.AsSpan(0, utf8Json.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)), fileName);
    }

    /// <summary>Reads a spec in the form that <see cref="Canonical"/> gives, which may be larger than what was uploaded.</summary>
    /// <param name="utf8Json">The JSON text in UTF-8.</param>
    /// <param name="fileName">Name of the spec, for messages.</param>
    /// <exception cref="SpecException">The spec cannot be used.</exception>
    public static EvaluationSpec ReadCanonical(ReadOnlySpan<byte> utf8Json, string fileName) =>
        Read(utf8Json, fileName, SpecLimits.MaxCanonicalBytes);

    private static EvaluationSpec Read(ReadOnlySpan<byte> utf8Json, string fileName, int maxBytes)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        using var document = Parse(utf8Json, fileName, maxBytes);
        var root = new SpecObject(fileName, "$", document.RootElement, SpecFields.Root);
        var spec = ReadRoot(root);
        return spec.Task.Check(spec.TaskOptions) is { } problem ? throw root.Error(problem) : spec;
    }

    /// <summary>
    /// The spec as JSON in one stable form: every field with its default, keys sorted, numbers in their shortest form. Two specs that mean
    /// the same give the same text, which <see cref="Read(string, string)"/> accepts.
    /// </summary>
    /// <param name="spec">The spec.</param>
    public static string Canonical(EvaluationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return CanonicalSpec.Write(spec);
    }

    /// <summary>What of a spec decides what a run of it finds: the canonical form without who hears of it and what it waits for.</summary>
    /// <param name="spec">The spec.</param>
    public static string Identity(EvaluationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return CanonicalSpec.Write(spec with { Notify = null, OnFineTune = null });
    }

    private static JsonDocument Parse(ReadOnlySpan<byte> utf8Json, string file, int maxBytes)
    {
        if (utf8Json.Length > maxBytes)
        {
            throw new SpecException(file, "$", $"is larger than {maxBytes} bytes.");
        }

        if (utf8Json.StartsWith(Utf8Text.Bom))
        {
            utf8Json = utf8Json[Utf8Text.Bom.Length..];
        }

        if (Utf8Text.IndexOfInvalid(utf8Json) >= 0)
        {
            throw new SpecException(file, "$", "is not UTF-8; save it as UTF-8.");
        }

        if (YamlSpec.IsYaml(file))
        {
            utf8Json = YamlSpec.ToJson(utf8Json, file);
        }

        try
        {
            var options = new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
            if (JsonTokens.IndexOfHalfSurrogate(utf8Json, options) >= 0)
            {
                throw new SpecException(file, "$", "a text escapes half a surrogate pair (\\ud800 to \\udfff), which is no character.");
            }

            return JsonDocument.Parse(
                utf8Json.ToArray(),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
            );
        }
        catch (JsonException e)
        {
            throw new SpecException(
                file,
                "$",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"is not valid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}."
                )
            );
        }
    }

    private static EvaluationSpec ReadRoot(SpecObject root)
    {
        var task = root.Has("task")
            ? TaskCatalog.Get(root.Choice("task", TaskCatalog.Names)!)
            : throw root.Error("task", $"is missing: give one of {string.Join(", ", TaskCatalog.Names)}.");
        var baseline = root.Text("baseline");
        return new EvaluationSpec
        {
            Name = root.Text("name", MaxNameLength),
            Task = task,
            Model = root.RequiredText("model", "the name of a model in the app settings (Models__{name}__…)"),
            Baseline = baseline,
            TrainingFile = ReadTrainingFile(root),
            Repeats = (int)(root.Integer("repeats", 1, 32) ?? 1),
            Prompt = ReadPrompt(root.Object("prompt", SpecFields.Prompt), root, task),
            Labels = root.Texts("labels", SpecLimits.MaxLabels),
            PositiveLabel = root.Text("positiveLabel"),
            LabelProbabilities = root.Choice<LabelProbabilityMethod>("labelProbabilities") ?? LabelProbabilityMethod.Alternatives,
            Parsing = ReadParsing(root.Object("parsing", SpecFields.Parsing)),
            Sampling = ReadSampling(root.Object("sampling", SpecFields.Sampling)),
            Columns = ReadColumns(root.Object("columns", SpecFields.Columns)),
            Metrics = [.. root.List("metrics").Select(metric => ReadMetric(root, metric.Element, metric.Name))],
            Slices = ReadSlices(root),
            Intervals = ReadIntervals(root.Object("intervals", SpecFields.Intervals)),
            Gate = root.Has("gate") ? ReadGate(root.Object("gate", SpecFields.Gate), baseline is not null, root.Texts("slices")) : null,
            Limits = ReadLimits(root.Object("limits", SpecFields.Limits)),
            Notify = root.Has("notify") ? ReadNotify(root.Object("notify", SpecFields.Notify)) : null,
            OnFineTune = root.Has("onFineTune") ? ReadFineTune(root.Object("onFineTune", SpecFields.FineTune)) : null,
        };
    }

    private static string? ReadTrainingFile(SpecObject root)
    {
        var file = root.Text("trainingFile");
        if (file is null)
        {
            return null;
        }

        if (file.StartsWith('/') || file.Contains("://") || file.Split('/')[^1] is "" or ".")
        {
            throw root.Error("trainingFile", "must be a blob name relative to the suite's folder, without '..'.");
        }

        return BlobNames.FindProblem(DatasetNames.WithoutEmptyParts(file)) is { } problem
            ? throw root.Error("trainingFile", $"{problem}: it must be a blob name relative to the suite's folder, without '..'.")
            : file;
    }

    private static PromptSpec ReadPrompt(SpecObject prompt, SpecObject root, TaskDefinition task)
    {
        return new PromptSpec
        {
            System = Template("system"),
            User = Template("user"),
            FewShot = prompt.Has("fewShot") ? FewShot() : null,
        };

        FewShotSpec FewShot()
        {
            var fewShot = prompt.Object("fewShot", SpecFields.FewShot);
            if (!root.Has("trainingFile"))
            {
                throw prompt.Error("fewShot", "takes its examples from the training file: name one in $.trainingFile.");
            }

            return task.TakesExamples
                ? new FewShotSpec
                {
                    Count = (int)(fewShot.Integer("count", 1, 64) ?? throw fewShot.Error("count", "is missing: say how many examples.")),
                    Seed = fewShot.Integer("seed") ?? 0,
                }
                : throw prompt.Error("fewShot", $"belongs to {TaskCatalog.Describe(task => task.TakesExamples)}.");
        }

        string? Template(string name)
        {
            var text = prompt.Text(name, SpecLimits.MaxBytes);
            return text is null || PromptTemplate.TryParse(text, out _, out var error)
                ? text
                : throw prompt.Error(name, $"is not a Liquid template: {error}.");
        }
    }

    private static ParsingSpec ReadParsing(SpecObject parsing)
    {
        var aliases = new Dictionary<string, string>(StringComparer.Ordinal);
        var list = parsing.Object("aliases", names: null);
        foreach (var (spelling, value) in list.Fields)
        {
            if (aliases.Count == SpecLimits.MaxAliases)
            {
                throw parsing.TooMany("aliases", SpecLimits.MaxAliases);
            }

            var label =
                value.ValueKind == JsonValueKind.String
                    ? value.GetString()!
                    : throw list.WrongType(spelling, "a string, the label that this spelling stands for", value);
            aliases[spelling] =
                spelling.Length <= SpecLimits.MaxText && label.Length <= SpecLimits.MaxText
                    ? label
                    : throw parsing.Error($"aliases.{spelling}", $"is longer than {SpecLimits.MaxText} characters.");
        }

        return new ParsingSpec
        {
            Method = parsing.Choice<ParsingMethod>("method"),
            IgnoreCase = parsing.Flag("ignoreCase", false),
            StripQuotes = parsing.Flag("stripQuotes", true),
            Field = parsing.Text("field"),
            Pattern = parsing.Text("pattern", SpecLimits.MaxPattern),
            Aliases = aliases,
            ScoreTruncated = parsing.Flag("scoreTruncated", false),
        };
    }

    private static SamplingSpec ReadSampling(SpecObject sampling)
    {
        var defaults = new SamplingSpec();
        return new SamplingSpec
        {
            MaxOutputTokens = (int)(sampling.Integer("maxOutputTokens", 1, 1_000_000) ?? defaults.MaxOutputTokens),
            Temperature = sampling.IsNull("temperature") ? null : sampling.Number("temperature", 0, 2) ?? defaults.Temperature,
            TopP = sampling.Number("topP", 0, 1),
            Seed = sampling.Integer("seed"),
            Stop = sampling.Texts("stop"),
            Stream = sampling.Flag("stream", false),
            LogProbabilities = sampling.Flag("logProbabilities", false),
        };
    }

    private static IReadOnlyList<string> ReadSlices(SpecObject root)
    {
        var slices = root.Texts("slices");
        return slices.FirstOrDefault(SpecFields.OwnSlices.Contains) is { } own
            ? throw root.Error("slices", $"must not name '{own}': the app makes that slice itself.")
            : slices;
    }

    private static ColumnSpec ReadColumns(SpecObject columns) =>
        new()
        {
            Input = columns.Text("input"),
            Reference = columns.Text("reference"),
            Id = columns.Text("id"),
            Tags = columns.Texts("tags"),
        };

    private static MetricSpec ReadMetric(SpecObject root, JsonElement element, string name)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            var text = element.GetString()!;
            return text.Length > 0 ? new MetricSpec { Name = text } : throw root.Error(name, "is empty.");
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            throw root.WrongType(name, "a metric's name or an object with a name", element);
        }

        var metric = root.Object(name, element, names: null);
        return new MetricSpec
        {
            Name = metric.RequiredText("name", "the metric's name"),
            Options = metric
                .Fields.Where(field => field.Key != "name")
                .ToDictionary(
                    field => field.Key,
                    field =>
                        IsOption(field.Value)
                            ? field.Value.Clone()
                            : throw metric.WrongType(
                                field.Key,
                                "a text, a number, true, false, a list or an object of them, with no name twice",
                                field.Value
                            )
                ),
        };
    }

    private static bool IsOption(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Array => value.EnumerateArray().All(IsOption),
            JsonValueKind.Number => double.IsFinite(value.GetDouble()),
            JsonValueKind.Object => value.EnumerateObject().All(field => IsOption(field.Value))
                && value.EnumerateObject().DistinctBy(field => field.Name).Count() == value.GetPropertyCount(),
            _ => true,
        };

    private static IntervalSpec ReadIntervals(SpecObject intervals)
    {
        var defaults = new IntervalSpec();
        return new IntervalSpec
        {
            Level = intervals.Number("level", 0.5, 0.999) ?? defaults.Level,
            Replicates = (int)(intervals.Integer("replicates", 0, 10_000) ?? defaults.Replicates),
        };
    }

    private static GateSpec ReadGate(SpecObject gate, bool hasBaseline, IReadOnlyList<string> slices)
    {
        GateRule[] rules =
        [
            .. gate.List("rules", SpecLimits.MaxRules)
                .Select(rule => ReadRule(gate.Object(rule.Name, rule.Element, SpecFields.Rule), hasBaseline, slices)),
        ];
        return rules.Length > 0 ? new GateSpec { Rules = rules } : throw gate.Error("rules", "must have at least one rule.");
    }

    private static GateRule ReadRule(SpecObject rule, bool hasBaseline, IReadOnlyList<string> slices)
    {
        var conditions = SpecFields.Conditions.Count(rule.Has);
        if (conditions != 1)
        {
            throw rule.Error($"has {conditions} conditions, must have exactly one of {string.Join(", ", SpecFields.Conditions)}.");
        }

        if (SpecFields.RunConditions.FirstOrDefault(rule.Has) is { } ofRun)
        {
            if (rule.Has("metric") || rule.Has("slice"))
            {
                throw rule.Error(
                    rule.Has("metric") ? "metric" : "slice",
                    $"does not go with {ofRun}, which concerns the run; leave it out."
                );
            }
        }
        else if (!rule.Has("metric"))
        {
            throw rule.Error("metric", "is missing: give the name of a metric value, for example accuracy.");
        }

        if (SpecFields.Comparisons.FirstOrDefault(rule.Has) is { } comparison && !hasBaseline)
        {
            throw rule.Error(comparison, "needs a baseline: name a model in $.baseline.");
        }

        var slice = rule.Text("slice");
        if (slice is not null && !slices.Concat(SpecFields.OwnSlices).Contains(slice.Split('=', 2)[0]))
        {
            throw rule.Error("slice", "must be tag=value for a tag that is listed in $.slices, for example language=de.");
        }

        if (rule.Number("equivalentToBaselineWithin", 0) == 0)
        {
            throw rule.Error("equivalentToBaselineWithin", "must be more than 0: no data shows that two models are exactly equal.");
        }

        return new GateRule
        {
            Metric = rule.Text("metric"),
            Slice = slice,
            Minimum = rule.Number("minimum"),
            Maximum = rule.Number("maximum"),
            LowerBoundAtLeast = rule.Number("lowerBoundAtLeast"),
            NotWorseThanBaselineBy = rule.Number("notWorseThanBaselineBy", 0),
            NotWorseThanPrevious = rule.Number("notWorseThanPrevious", 0),
            EquivalentToBaselineWithin = rule.Number("equivalentToBaselineWithin", 0),
            BetterThanBaselineAtAlpha = rule.Number("betterThanBaselineAtAlpha", 0, 0.5),
            MinimumCoverage = rule.Number("minimumCoverage", 0, 1),
            MaximumCost = rule.Number("maximumCost", 0),
        };
    }

    private static NotifySpec ReadNotify(SpecObject notify) =>
        new() { Webhook = notify.Text("webhook"), Queue = notify.Flag("queue", false) };

    private static FineTuneSpec ReadFineTune(SpecObject fineTune) =>
        new()
        {
            BaseModel = fineTune.Text("baseModel"),
            Suffix = fineTune.Text("suffix"),
            TrainingFile = fineTune.Text("trainingFile"),
        };

    private static LimitSpec ReadLimits(SpecObject limits)
    {
        var defaults = new LimitSpec();
        var deadline = defaults.Deadline;
        if (
            limits.Text("deadline") is { } text
            && (!TryReadDuration(text, out deadline) || deadline <= TimeSpan.Zero || deadline > MaxDeadline)
        )
        {
            throw limits.Error("deadline", "expected a duration of at most 30 days as hh:mm:ss (\"06:00:00\") or ISO 8601 (\"PT6H\").");
        }

        var fraction = limits.Number("sampleFraction", 0, 1) ?? defaults.SampleFraction;
        if (fraction == 0)
        {
            throw limits.Error("sampleFraction", "must be more than 0.");
        }

        return new LimitSpec
        {
            MaxMalformedShare = limits.Number("maxMalformedShare", 0, 1) ?? defaults.MaxMalformedShare,
            Deadline = deadline,
            MaxRows = limits.Integer("maxRows", 1),
            SampleFraction = fraction,
            MaxCost = limits.Number("maxCost", 0, LimitSpec.HighestMaxCost),
        };
    }

    /// <summary>
    /// Reads <c>[d.]hh:mm:ss</c>, with any number of hours, or an ISO 8601 duration without years and months, whose length varies.
    /// </summary>
    private static bool TryReadDuration(string text, out TimeSpan duration)
    {
        duration = default;
        if (!text.StartsWith('P'))
        {
            var parts = text.Split(':');
            return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out duration)
                ? parts.Length == 3
                : parts.Length == 3 && TryReadHours(parts, out duration);
        }

        var date = text.Split('T')[0];
        if (date.Contains('Y') || date.Contains('M'))
        {
            return false;
        }

        try
        {
            duration = XmlConvert.ToTimeSpan(text);
            return true;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return false;
        }
    }

    private static bool TryReadHours(string[] parts, out TimeSpan duration)
    {
        duration = default;
        if (
            !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
            || hours > MaxDeadline.TotalHours
            || !TimeSpan.TryParseExact($"00:{parts[1]}:{parts[2]}", @"hh\:mm\:ss", CultureInfo.InvariantCulture, out var rest)
        )
        {
            return false;
        }

        duration = TimeSpan.FromHours(hours) + rest;
        return true;
    }
}
