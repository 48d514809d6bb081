using System.Text.Json.Serialization;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Prompts;

namespace FunctionsEval.Core.Tasks;

/// <summary>
/// A kind of task that a spec can ask for: what a row of it is, what a model is asked, how an answer is read, and what is measured. Tasks
/// have no state; <see cref="TaskCatalog"/> has one object of each. In JSON a task is its name.
/// </summary>
[JsonConverter(typeof(TaskNameConverter))]
public abstract class TaskDefinition : IMeasuredTask
{
    private protected TaskDefinition() { }

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <summary>What the model gives for a sample.</summary>
    public abstract AnswerKind Answer { get; }

    /// <inheritdoc/>
    public abstract MetricSubjects Subjects { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyList<MetricSpec> DefaultMetrics { get; }

    /// <summary>Whether a spec lists the labels that answers and references are one of.</summary>
    public virtual bool HasLabels => false;

    /// <summary>Whether references and answers are JSON, so that a reference may be in several fields of a row.</summary>
    public virtual bool IsJson => false;

    /// <summary>Whether the model must score texts that are given: it is called through completions with echo, not through chat.</summary>
    public bool ScoresGivenTexts => Answer != AnswerKind.Written;

    /// <summary>Whether rows of the training file can come before the sample as examples.</summary>
    public virtual bool TakesExamples => Answer == AnswerKind.Written;

    /// <summary>Whether an answer is calls of tools, or a text in their place.</summary>
    public bool ReadsToolCalls => Subjects.HasFlag(MetricSubjects.ToolCalls);

    /// <summary>What a row must have to be a sample.</summary>
    /// <param name="options">The task's part of the spec.</param>
    public abstract SampleShape ShapeOf(TaskOptions options);

    /// <summary>
    /// What a sample is that a run logged, its references in the form in which answers are compared with them. Default: as in a dataset.
    /// </summary>
    /// <param name="options">The task's part of the spec.</param>
    public virtual SampleShape LoggedShapeOf(TaskOptions options) => ShapeOf(options);

    /// <summary>What the model is asked about a sample: one call each, in this order. Default: its turns with its tools.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="prompts">Makes the turns.</param>
    /// <exception cref="PromptException">The sample does not fit the prompt.</exception>
    public virtual IReadOnlyList<ModelQuestion> Ask(Sample sample, PromptRenderer prompts)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(prompts);
        return [new ModelQuestion { Messages = prompts.Render(sample), Tools = sample.Tools }];
    }

    /// <summary>How a written answer is read: the method that the spec names, else the task's own.</summary>
    /// <param name="parsing">What the spec says of parsing.</param>
    public virtual ParsingMethod ParsingMethodOf(ParsingSpec parsing)
    {
        ArgumentNullException.ThrowIfNull(parsing);
        return parsing.Method ?? ParsingMethod.Text;
    }

    /// <summary>Creates what reads written answers.</summary>
    /// <param name="options">What the spec says of the task, <see cref="Check">checked</see>.</param>
    public virtual AnswerParser CreateParser(TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return AnswerParser.ForTexts(options.Parsing, ParsingMethodOf(options.Parsing));
    }

    /// <summary>Finds a field of the spec that does not fit the task.</summary>
    /// <param name="options">The task's part of the spec.</param>
    /// <returns>The first problem, its path relative to the spec; null for none.</returns>
    public OptionProblem? Check(TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return CheckLabels(options) ?? CheckParsing(options.Parsing, options.Labels);
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>Finds a problem with the labels and with the fields about them.</summary>
    private protected virtual OptionProblem? CheckLabels(TaskOptions options)
    {
        return options.Labels.Count > 0
            ? new OptionProblem("labels", $"belongs to {TaskCatalog.Describe(task => task.HasLabels)} only.")
            : CheckMisplacedLabelFields(options);
    }

    /// <summary>Refuses the fields about a single label.</summary>
    private protected static OptionProblem? CheckMisplacedLabelFields(TaskOptions options)
    {
        var field =
            options.PositiveLabel is not null ? "positiveLabel"
            : options.LabelProbabilities != LabelProbabilityMethod.Alternatives ? "labelProbabilities"
            : null;
        return field is null
            ? null
            : new OptionProblem(field, $"belongs to {TaskCatalog.Describe(task => task.Subjects.HasFlag(MetricSubjects.Label))} only.");
    }

    /// <summary>Finds a problem with the fields of <c>parsing</c> that only some tasks have, its path relative to <c>parsing</c>.</summary>
    private protected virtual OptionProblem? CheckAnswerForm(ParsingSpec parsing) =>
        parsing.Delimiter is not null ? Misplaced("delimiter", "multi_label")
        : parsing.NoLabel is not null ? Misplaced("noLabel", "multi_label")
        : parsing.Number is not null ? Misplaced("number", "regression")
        : null;

    /// <summary>A field that belongs to another task.</summary>
    private protected static OptionProblem Misplaced(string field, string task) => new(field, $"belongs to the task {task} only.");

    /// <summary>Refuses methods that read a label, for a task that reads a value out of a text.</summary>
    private protected OptionProblem? CheckValueMethod(ParsingSpec parsing) =>
        ParsingMethodOf(parsing) is ParsingMethod.Text or ParsingMethod.JsonField or ParsingMethod.Regex
            ? null
            : new OptionProblem("method", $"must be text, json_field or regex for the task {Name}; the task itself reads what they find.");

    private OptionProblem? CheckParsing(ParsingSpec parsing, IReadOnlyList<string> labels)
    {
        var method = ParsingMethodOf(parsing);
        var problem =
            CheckAnswerForm(parsing)
            ?? (
                method == ParsingMethod.Choice && !HasLabels
                    ? new OptionProblem(
                        "method",
                        $"choice needs {TaskCatalog.Describe(task => task.Subjects.HasFlag(MetricSubjects.Label))}, whose labels the letters stand for."
                    )
                : method == ParsingMethod.Json && !IsJson
                    ? new OptionProblem(
                        "method",
                        $"json belongs to {TaskCatalog.Describe(task => task.IsJson)}; for one field of a JSON answer it is json_field."
                    )
                : parsing.FindProblem(method, HasLabels ? labels : null)
            );
        return problem is null ? null : problem with { Path = $"parsing.{problem.Path}" };
    }
}
