using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks;

namespace FunctionsEval.Core.Drafts;

/// <summary>
/// Writes specs from the rows of a dataset: guesses task, columns, labels, tags, metrics and a gate. Each guess is confirmed by reading the
/// rows with it; what does not read is not offered.
/// </summary>
public sealed class SpecDrafter
{
    private readonly RowProfile _rows;
    private readonly DraftOptions _options;

    /// <summary>Fields in which several labels are a list.</summary>
    private static readonly string[] ListNames = ["labels", "expected", "label"];

    private static readonly DraftReading Usual = new(new ColumnSpec(), User: null);

    private readonly ColumnGuess _guess;
    private readonly IReadOnlyList<DraftReading> _readings;

    /// <summary>Creates a drafter.</summary>
    /// <param name="rows">The dataset's first rows (<see cref="RawRows"/>).</param>
    /// <param name="format">How they are written.</param>
    /// <param name="options">What is given.</param>
    public SpecDrafter(IReadOnlyList<JsonElement> rows, DatasetFormat format, DraftOptions options)
    {
        ArgumentNullException.ThrowIfNull(rows);
        _rows = new RowProfile(rows, format);
        _options = options;
        _guess = new ColumnGuess(_rows);
        _readings = DraftReading.All(_rows, _guess);
    }

    /// <summary>The specs that the rows may have, the likeliest first; none where nothing reads them.</summary>
    public IEnumerable<SpecDraft> Draft() =>
        new Func<SpecDraft?>[] { ToolCalls, Preference, MultipleChoice, Referenced, LanguageModelling, Unreferenced }
            .Select(guess => guess())
            .OfType<SpecDraft>();

    private bool IsWanted(string task) => _options.Task is null || _options.Task.Name == task;

    private SpecDraft? ToolCalls()
    {
        var offersTools = _rows.Find("tools") is not null || _rows.Find("functions") is not null;
        if (!IsWanted("tool_calls") || (!offersTools && _options.Task is null))
        {
            return null;
        }

        var samples = _rows.ReadBy(SpecOf("tool_calls", Usual));
        // Rows whose answers are all texts are a generation with tools.
        var hasCalls =
            _rows.ReadBy(SpecOf("generation", Usual) with { Tools = ToolUse.Ignore }) is not { } texts || texts.Count < _rows.Rows;
        return samples is null || (!hasCalls && _options.Task is null)
            ? null
            : Write(
                "tool_calls",
                samples,
                Usual,
                $"task tool_calls: rows offer tools and some answers call them.",
                spec => spec.Headline = "turn_match"
            );
    }

    private SpecDraft? Preference()
    {
        string[] pair = _rows.Has("preferred_output") ? ["preferred_output", "non_preferred_output"] : ["chosen", "rejected"];
        var isLikelihood = _options.Task?.Name == "preference_likelihood";
        if ((!IsWanted("preference") && !isLikelihood) || !Array.TrueForAll(pair, _rows.Has))
        {
            return null;
        }

        var task = isLikelihood ? "preference_likelihood" : "preference";
        return _rows.ReadBy(SpecOf(task, Usual)) is not { } samples
            ? null
            : Write(
                task,
                samples,
                Usual,
                $"task {task}: rows have the fields {pair[0]} and {pair[1]}."
                    + (isLikelihood ? "" : $" A judge compares the answer with the preferred one: configure the model '{_options.Judge}'."),
                spec =>
                {
                    spec.Metrics = isLikelihood
                        ? []
                        : [new Dictionary<string, object> { ["name"] = "pairwise", ["model"] = _options.Judge }];
                    spec.Headline = isLikelihood ? null : "pairwise_win_rate";
                }
            );
    }

    private SpecDraft? MultipleChoice()
    {
        if (!IsWanted("multiple_choice"))
        {
            return null;
        }

        foreach (var reading in _readings)
        {
            // The right choice has names of its own.
            var own = reading with
            {
                Columns = reading.Columns with { Reference = null },
            };
            if (_rows.ReadBy(SpecOf("multiple_choice", own)) is { } samples)
            {
                return Write(
                    "multiple_choice",
                    samples,
                    own,
                    "task multiple_choice: rows have choices, and which is right. It needs a model whose endpoint scores given texts "
                        + "(Api Completions with echo).",
                    spec => spec.Headline = "acc"
                );
            }
        }

        return null;
    }

    private SpecDraft? Referenced()
    {
        foreach (var reading in _readings)
        {
            if (LabelLists(reading) is { } sets)
            {
                return sets;
            }

            if (
                _rows.ReadBy(SpecOf("generation", reading)) is { } samples
                && new ReferenceProfile(samples) is { Count: > 0 } references
                && references.Count >= RowProfile.FittingShare * samples.Count
            )
            {
                return new ReferencedDraft(_options.Task?.Name, references).Choose() is var (task, why, fill)
                    ? Write(task, samples, reading, why, fill)
                    : null;
            }
        }

        return null;
    }

    /// <summary>Rows whose labels are a list of texts in a field.</summary>
    private SpecDraft? LabelLists(DraftReading reading)
    {
        var field = reading.Columns.Reference?.Name ?? ListNames.FirstOrDefault(_rows.Has);
        if (
            !IsWanted("multi_label")
            || field is null
            || _rows.Find(field) is not { } lists
            || lists.TextLists < RowProfile.FittingShare * _rows.Rows
            || ReferenceProfile.LabelsIn(_rows.ListsIn(field), _rows.Rows) is not { } labels
        )
        {
            return null;
        }

        var spec = SpecOf("multi_label", reading) with { Labels = labels };
        return _rows.ReadBy(spec) is not { } samples
            ? null
            : Write(
                "multi_label",
                samples,
                reading,
                Invariant($"task multi_label: {field} is a list of some of {labels.Count} texts."),
                draft =>
                {
                    draft.Labels = labels;
                    draft.Headline = "f1_micro";
                }
            );
    }

    private SpecDraft? LanguageModelling() =>
        IsWanted("language_modelling")
        && (_options.Task is not null || (_rows.Has("text") && _rows.Find("messages") is null))
        && _rows.ReadBy(SpecOf("language_modelling", Usual)) is { } samples
            ? Write(
                "language_modelling",
                samples,
                Usual,
                "task language_modelling: rows have a text and no reference. It needs a model whose endpoint scores given texts "
                    + "(Api Completions with echo).",
                spec => spec.Headline = null
            )
            : null;

    private SpecDraft? Unreferenced()
    {
        if (!IsWanted("generation"))
        {
            return null;
        }

        foreach (var reading in _readings)
        {
            var own = reading with { Columns = reading.Columns with { Reference = null } };
            if (_rows.ReadBy(SpecOf("generation", own), requireReference: false) is { } samples)
            {
                return Write(
                    "generation",
                    samples,
                    own,
                    "task generation: no field is the reference by its name (say columns.reference if one is). "
                        + $"A judge grades the answers: configure the model '{_options.Judge}', and write the rubric that you need.",
                    spec => spec.Metrics = [JudgeOf(_options.Judge)]
                );
            }
        }

        return null;
    }

    private static Dictionary<string, object> JudgeOf(string model) =>
        new()
        {
            ["name"] = "judge",
            ["model"] = model,
            ["scale"] = new[] { 1, 5 },
            ["rubric"] =
                "Somebody asked:\n\n{{ input }}\n\nThe answer:\n\n{{ answer }}\n\nHow well does it do what was asked? "
                + "Reply with one JSON object and nothing else: {\"score\": …} with a number from 1 (useless) to 5 (nothing to mend).",
        };

    private SpecDraft Write(string task, IReadOnlyList<Sample> samples, DraftReading reading, string why, Action<DraftFields> fill)
    {
        var fields = new DraftFields(task, reading, _rows, _guess, samples, _options);
        fields.Notes.Add(why);
        fill(fields);
        return fields.Finish();
    }

    private EvaluationSpec SpecOf(string task, DraftReading reading) =>
        new()
        {
            Task = TaskCatalog.Get(task),
            Model = _options.Model,
            Baseline = _options.Baseline,
            Columns = reading.Columns,
            Prompt = new PromptSpec { User = reading.User },
            Tools = _rows.Find("tools") is not null && task == "generation" ? ToolUse.Send : null,
            Metrics = task is "preference" ? [new MetricSpec { Name = "pairwise" }] : [],
        };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
