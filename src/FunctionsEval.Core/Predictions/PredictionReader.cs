using System.Globalization;
using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Metrics.MultipleChoice;
using FunctionsEval.Core.Metrics.Responses;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Core.Training;

namespace FunctionsEval.Core.Predictions;

/// <summary>
/// Reads answers for an offline score, a JSON object a line: a run's <c>samples.jsonl</c>, a shard's shard log, or rows with
/// <c>prediction</c> (or <c>text</c>, then parsed as the spec says) and a reference. References, ids and tags are read as a dataset's are:
/// what a run calls a malformed sample is one here too. Safe for use by several threads at once.
/// </summary>
public sealed class PredictionReader
{
    /// <summary>
    /// Fields looked up for the reference, in a dataset's order, after the one that the spec names. A <c>completion</c> or <c>output</c> is
    /// as often the answer.
    /// </summary>
    public static readonly IReadOnlyList<string> ReferenceNames =
    [
        .. SampleReader.ReferenceNames.Except(["completion", "output"]),
        "answers.text",
    ];

    /// <summary>Lines of a shard log that are no rows.</summary>
    private static ReadOnlySpan<byte> SessionLine => "{\"session\":"u8;

    private readonly TaskDefinition _task;
    private readonly AnswerParser _parser;
    private readonly IReadOnlyList<GraderSpec> _graders;
    private readonly AnsweredCallReader _calls = new();
    private readonly OfflineGrades _grades;
    private readonly ExpectedReader _ofRows;
    private readonly ExpectedReader _ofRuns;

    /// <summary>Creates a reader.</summary>
    /// <param name="spec">Task, labels, columns, parsing and metrics, whose graders' grades the answers may have.</param>
    /// <exception cref="OptionException">A metric or one of its options does not exist.</exception>
    public PredictionReader(EvaluationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        _task = spec.Task;
        _parser = spec.CreateParser();
        _graders = MetricCatalog.CreateGraders(spec.Task, spec.Metrics, spec.MetricSettings);
        _grades = new OfflineGrades(_graders);
        var options = spec.ReadOptions(JsonlFormat.Instance);
        string?[] first = [spec.Columns.Reference?.Name, _task.ReadsToolCalls ? ReferenceFields.ToolCalls : null];
        _ofRows = new ExpectedReader(options, first.OfType<string>().Concat(ReferenceNames), spec.Columns.Tags);
        _ofRuns = new ExpectedReader(
            options with
            {
                Shape = _task.LoggedShapeOf(spec.TaskOptions),
            },
            ReferenceNames.Prepend("references"),
            tags: []
        );
    }

    /// <summary>Reads a line.</summary>
    /// <param name="text">The line.</param>
    /// <param name="line">Its number, from 1.</param>
    /// <returns>The answers; null for a line that holds none: a blank one, and of a shard log one about its executors, or a row that only
    /// lacks its grades.</returns>
    /// <exception cref="PredictionException">The line is no answer that can be scored.</exception>
    public AnswerPair? Read(string text, int line)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Read(Encoding.UTF8.GetBytes(text), line);
    }

    /// <inheritdoc cref="Read(string, int)"/>
    /// <param name="text">The line, in UTF-8.</param>
    /// <param name="line">Its number, from 1.</param>
    public AnswerPair? Read(ReadOnlyMemory<byte> text, int line)
    {
        if (text.Span.StartsWith(SessionLine) || (!text.Span.StartsWith("{"u8) && IsBlank(text.Span)))
        {
            return null;
        }

        if (JsonRow.Parse(text, out JsonDocument? row) is { } problem)
        {
            throw new PredictionException(line, BrokenLine.Describe(text.Span, problem), problem.Column);
        }

        using (row)
        {
            return Read(row!.RootElement, line);
        }
    }

    private static bool IsBlank(ReadOnlySpan<byte> text) => string.IsNullOrWhiteSpace(Encoding.UTF8.GetString(text));

    private AnswerPair? Read(JsonElement root, int line)
    {
        var fields = new AnswerFields(root, "", line);
        if (fields.TryFind("isPartial", out var isPartial) && isPartial.ValueKind == JsonValueKind.True)
        {
            return null;
        }

        var baseline = FindAnswer(fields, "baseline");
        if (FindAnswer(fields, "candidate") is { } candidate)
        {
            return new AnswerPair(
                Row(root, candidate, "candidate.", line),
                baseline is { } other ? Row(root, other, "baseline.", line) : null
            );
        }

        return baseline is null || fields.TryFind("prediction", out _) || fields.TryFind("text", out _)
            ? new AnswerPair(Row(root, root, "", line), null)
            : throw new PredictionException(
                line,
                "has an answer of the baseline only. A run that was stopped has such lines: resume it, or leave them out."
            );
    }

    /// <summary>The object that a run's line has for a model; null for none, and for a field of that name with another meaning.</summary>
    private static JsonElement? FindAnswer(AnswerFields fields, string role) =>
        fields.TryFind(role, out var answer) && answer.ValueKind == JsonValueKind.Object ? answer : null;

    /// <summary>A row whose sample is described by one object and whose answer by another (the same, in a shard log).</summary>
    private EvaluatedSample Row(JsonElement sample, JsonElement answer, string place, int line)
    {
        var fields = new AnswerFields(answer, place, line);
        var outcome = ReadOutcome(fields);
        // A run's line has its references under the first name, whatever field of the dataset they come from.
        var readers = outcome is not null || place.Length > 0 ? _ofRuns : _ofRows;
        var (problem, expected) = readers.Read(sample, line);
        var of = new AnswerFields(sample, "", line);
        var id = expected?.Id ?? line.ToString(CultureInfo.InvariantCulture);
        var (turn, turns) = TurnFields.Read(of, id);
        var row = new EvaluatedSample
        {
            Id = id,
            Ordinal = line - 1,
            Line = line,
            Offset = ReadPlace(of, turn > 0, line),
            Outcome = outcome ?? Outcome.Scored,
            References = [.. (expected?.References ?? []).Select(_parser.NormalizeReference)],
            Tags = expected is { Tags.Count: > 0 } ? expected.Tags : null,
            Repeat = of.Count("repeat"),
            Turn = turn,
            Turns = turns,
            Leak = of.TryFind("leak", out var leak) && leak.ValueKind == JsonValueKind.String ? LeakOf(leak.GetString()!) : null,
        };
        if (!row.IsMeasured)
        {
            return row with { Reason = fields.Text("reason") };
        }

        if (problem is null && expected is null)
        {
            throw new PredictionException(line, $"has no reference. Give one of {string.Join(", ", readers.Names)}.");
        }

        if (problem is not null)
        {
            return row with
            {
                Outcome = Outcome.MalformedSample,
                Reason = $"{problem.Reason}: {problem.Message}{MalformedFix.For(problem.Reason)}",
            };
        }

        return _grades.AddTo(Conclude(ReadAnswer(row, fields, answer), isUnparsable: outcome == Outcome.Unparsable, fields), sample);
    }

    private EvaluatedSample ReadAnswer(EvaluatedSample row, AnswerFields fields, JsonElement answer)
    {
        var text = fields.Text("text") ?? ReadOutputText(fields);
        double? logProbability;
        row = row with
        {
            Text = text,
            Reasoning = fields.Text("reasoning"),
            ReasoningTokens = fields.Count("reasoningTokens"),
            Response = fields.Form<ResponseFigures>("response"),
            Prediction =
                _task.IsJson ? fields.Json("prediction")
                : _task.Subjects.HasFlag(MetricSubjects.LabelSet) ? fields.TextOrList("prediction")
                : fields.Text("prediction"),
            LogProbability = logProbability = fields.Number("logProbability"),
            LogProbabilityTokens = fields.Count("logProbabilityTokens"),
            LenientPrediction = fields.Text("lenientPrediction"),
            LabelProbabilities = fields.Form<Dictionary<string, double>>("labelProbabilities"),
            UnresolvedLabelMass = fields.Number("unresolvedLabelMass"),
            Choices = _task.Answer == AnswerKind.ScoredChoices ? fields.Form<List<ChoiceLikelihood>>("choices") : null,
            Grades = fields.Form<Dictionary<string, Grade>>("grades"),
            ToolCalls = _task.ReadsToolCalls ? _calls.Read(fields, answer) : null,
            Echo = logProbability is not null && text is null,
        };
        AnswerForms.Check(row, fields, _graders);
        return row;
    }

    /// <summary>
    /// The answer of a row in the shape of OpenAI Evals, <c>{"item": …, "sample": {"output_text": …}}</c>; null for none.
    /// </summary>
    private static string? ReadOutputText(AnswerFields fields) =>
        fields.TryFind("sample", out var sample) && sample.ValueKind == JsonValueKind.Object
            ? fields.In(sample, "sample.").Text("output_text")
            : null;

    private EvaluatedSample Conclude(EvaluatedSample row, bool isUnparsable, AnswerFields fields)
    {
        if (!isUnparsable && row.Prediction is { } prediction)
        {
            return _parser.ReadPrediction(prediction) switch
            {
                null => row with { Prediction = null, Outcome = Outcome.Unparsable, Reason = "prediction_form" },
                var canonical when canonical == prediction => row,
                var canonical => row with { Prediction = canonical },
            };
        }

        if (isUnparsable || row.LogProbability is not null || row.Choices is not null)
        {
            return row;
        }

        if (_task.ReadsToolCalls && (row.Text ?? (object?)row.ToolCalls) is not null)
        {
            return CallReading.Read(row, _parser.MarkersBeside(row.References).Separate(row.Text ?? ""), row.ToolCalls ?? []);
        }

        if (row.Text is null)
        {
            throw fields.Error(
                $"has no answer. Give 'prediction', or 'text' to be parsed as the spec says{(_task.ReadsToolCalls ? ", or 'tool_calls'" : "")}."
            );
        }

        return RowReading.Read(row, _parser, row.Text);
    }

    private static Outcome? ReadOutcome(AnswerFields fields) =>
        fields.Text("outcome") is not { } name ? null
        : OutcomeNames.All.TryGetValue(name, out var outcome) ? outcome
        : throw fields.Error($"'outcome' must be one of {string.Join(", ", OutcomeNames.All.Keys)}.");

    /// <summary>
    /// The sample's offset in the dataset where the file says it, as a run's do; else the line, so that samples whose ids repeat are told
    /// apart, unless they are several answers to one, or turns of one conversation.
    /// </summary>
    private static long ReadPlace(AnswerFields sample, bool isTurn, int line) =>
        sample.TryFind("offset", out var given) && given.ValueKind == JsonValueKind.Number && given.TryGetInt64(out var offset) ? offset
        : isTurn || sample.TryFind("repeat", out _) ? 0
        : line;

    private static Leak? LeakOf(string name) =>
        name switch
        {
            "none" => Leak.None,
            "exact" => Leak.Exact,
            "ngrams" => Leak.Ngrams,
            _ => null,
        };
}
