using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Tasks;

namespace FunctionsEval.Core.Specs;

/// <summary>An evaluation spec: which model, which baseline, prompt, parsing, metrics, gate and limits.</summary>
public sealed record EvaluationSpec
{
    /// <summary>Name shown in tables and reports; the suite's name when absent.</summary>
    public string? Name { get; init; }

    /// <summary>The task, which decides the default metrics and how answers are read.</summary>
    public required TaskDefinition Task { get; init; }

    /// <summary>Name of the configured model under test (the candidate).</summary>
    public required string Model { get; init; }

    /// <summary>Name of the configured model it is compared with; null for none.</summary>
    public string? Baseline { get; init; }

    /// <summary>Blob name, relative to the suite, of the rows the model was tuned on; never evaluated as a dataset.</summary>
    public string? TrainingFile { get; init; }

    /// <summary>How often each sample is answered, 1–32. Default 1.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>Liquid templates of the prompt.</summary>
    public PromptSpec Prompt { get; init; } = new();

    /// <summary>The closed list of labels of a classification task, in the order of the confusion matrix.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The label that counts as positive for binary metrics; null for none.</summary>
    public string? PositiveLabel { get; init; }

    /// <summary>How the probabilities of labels are had, where a metric needs them.</summary>
    public LabelProbabilityMethod LabelProbabilities { get; init; }

    /// <summary>How the model's text becomes a prediction.</summary>
    public ParsingSpec Parsing { get; init; } = new();

    /// <summary>Sampling parameters sent to the model.</summary>
    public SamplingSpec Sampling { get; init; } = new();

    /// <summary>Where a dataset whose field names are not the usual ones keeps its values; needed for most CSV files.</summary>
    public ColumnSpec Columns { get; init; } = new();

    /// <summary>The metrics to compute; the task's defaults when empty.</summary>
    public IReadOnlyList<MetricSpec> Metrics { get; init; } = [];

    /// <summary>Tag names by whose values every metric is also given per slice.</summary>
    public IReadOnlyList<string> Slices { get; init; } = [];

    /// <summary>How intervals are computed.</summary>
    public IntervalSpec Intervals { get; init; } = new();

    /// <summary>The rules that make the verdict; null for a run without one.</summary>
    public GateSpec? Gate { get; init; }

    /// <summary>Bounds of a run.</summary>
    public LimitSpec Limits { get; init; } = new();

    /// <summary>Who hears of the run's end; null for nobody. No part of a run's identity.</summary>
    public NotifySpec? Notify { get; init; }

    /// <summary>
    /// Which finished fine-tuning jobs the suite evaluates of itself; null for none. Says when, not what: no part of a run's identity.
    /// </summary>
    public FineTuneSpec? OnFineTune { get; init; }

    /// <summary>What the task reads rows and answers by.</summary>
    public TaskOptions TaskOptions =>
        new()
        {
            Labels = Labels,
            PositiveLabel = PositiveLabel,
            LabelProbabilities = LabelProbabilities,
            Parsing = Parsing,
        };

    /// <summary>Creates what reads written answers.</summary>
    public AnswerParser CreateParser() => Task.CreateParser(TaskOptions);

    /// <summary>How a range of a dataset is read.</summary>
    /// <param name="format">How the rows are written.</param>
    /// <param name="startOffset">Byte offset of the range in the dataset.</param>
    /// <param name="csvHeader">The header's text (<see cref="ShardPlan.CsvHeader"/>).</param>
    public DatasetReadOptions ReadOptions(DatasetFormat format, long startOffset = 0, string? csvHeader = null)
    {
        var templates = new SampleContent(Prompt);
        return new DatasetReadOptions
        {
            Format = format,
            Shape = Task.ShapeOf(TaskOptions),
            StartOffset = startOffset,
            Columns = Columns,
            RequireInput = Prompt.User is null,
            JoinInstruction = !templates.Names("instruction") && (Prompt.User is null || templates.Names("input")),
            CsvHeader = csvHeader,
        };
    }
}
