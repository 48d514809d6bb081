using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Specs.Fields;
using FunctionsEval.Core.Suites;
using FunctionsEval.Core.Tasks;

namespace FunctionsEval.Core.Specs;

/// <summary>An evaluation spec: which model, which baseline, prompt, parsing, metrics, gate and limits.</summary>
public sealed record EvaluationSpec
{
    /// <summary>Name shown in tables and reports; the suite's name when absent.</summary>
    [TextField(MaxLength = 200)]
    [Example("support-tickets")]
    public string? Name { get; init; }

    /// <summary>The task, which decides the default metrics and how answers are read.</summary>
    [TaskField]
    [Example("classification")]
    [Example("generation")]
    public required TaskDefinition Task { get; init; }

    /// <summary>
    /// Name of the configured model under test (the candidate). A spec with <c>candidates</c> may leave it out; it is then the first of
    /// them.
    /// </summary>
    [ModelField(Missing = "give the name of a model in the app settings (Models__{name}__…)", Alternative = "candidates")]
    [Example("my-tuned")]
    public required string Model { get; init; }

    /// <summary>
    /// Further configured models under test: up to 20 with <c>model</c>, those named twice joined. Each is evaluated against the same
    /// baseline, whose answers are paid once, and all are compared with each other; see <see href="#candidates">Several candidates</see>.
    /// </summary>
    [CandidatesField(MaxCount = CandidateNames.MaxListed, Written = Written.UnlessDefault)]
    [Example(Json = """["my-tuned-2", "my-tuned-3"]""")]
    public IReadOnlyList<string> Candidates
    {
        get;
        init => field = value.Count == 0 ? [] : value;
    } = [];

    /// <summary>
    /// Name of the configured model it is compared with, or an earlier run whose answers are read and not asked for again:
    /// <c>run:latest</c>, <c>run:latest:MODEL</c> or <c>run:ev-…</c>; see <see href="#stored-baselines">Stored baselines</see>. Null for
    /// none.
    /// </summary>
    [TextField]
    [Example("my-base")]
    [Example("run:latest")]
    public string? Baseline { get; init; }

    /// <summary>
    /// The rows the model was tuned on: a blob name relative to the spec's folder. They are never evaluated, but held against the samples
    /// (see <see href="#leakage">Leakage</see>). Upload them before the dataset.
    /// </summary>
    [TrainingFileField]
    [Example("train.jsonl")]
    public string? TrainingFile { get; init; }

    /// <summary>How often each sample is answered, 1–32; see <see href="#repeats">Repeats</see>. Default 1.</summary>
    [IntegerField(Minimum = 1, Maximum = SpecLimits.MaxRepeats, Written = Written.UnlessDefault)]
    [Example(5)]
    public int Repeats { get; init; } = 1;

    /// <summary>
    /// What is done with the <see href="datasets.md#tools">tools</see> that rows offer the model. Where the spec says nothing, the task
    /// tool_calls sends them, and the other tasks refuse rows with tools, because the prompt depends on it.
    /// </summary>
    [ChoiceField<ToolUse>(Written = Written.UnlessDefault)]
    [Example("send")]
    public ToolUse? Tools { get; init; }

    /// <summary>
    /// Which turns of a conversation are samples: <c>last</c>, or <c>all</c> for each assistant turn that training learns from; see
    /// <see href="#turns">Turns</see>. Default <c>last</c>.
    /// </summary>
    [ChoiceField<TurnSelection>(Written = Written.UnlessDefault)]
    [Example("all")]
    public TurnSelection Turns { get; init; }

    /// <summary>Liquid templates of the prompt.</summary>
    [SectionField]
    public PromptSpec Prompt { get; init; } = new();

    /// <summary>
    /// All labels of a classification, in the order of the confusion matrix; required for that task, and for no other. They are different
    /// and have no white space around them.
    /// </summary>
    [TextListField(MaxCount = SpecLimits.MaxLabels)]
    [Example(Json = """["billing", "refund", "shipping"]""")]
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The label that counts as positive for binary metrics: one of <c>labels</c>; null for none.</summary>
    [TextField]
    [Example("spam")]
    public string? PositiveLabel { get; init; }

    /// <summary>
    /// Where metrics of <see href="metrics.md#label-probabilities">label probabilities</see> have them from; classification only.
    /// <c>exact</c> scores each label, which takes one more request a label and a model with <c>Api</c> Completions whose endpoint echoes
    /// log probabilities. Default <c>alternatives</c>.
    /// </summary>
    [ChoiceField<LabelProbabilityMethod>(Written = Written.UnlessDefault)]
    [Example("exact")]
    public LabelProbabilityMethod LabelProbabilities { get; init; }

    /// <summary>How the model's text becomes a prediction.</summary>
    [SectionField]
    public ParsingSpec Parsing { get; init; } = new();

    /// <summary>
    /// Whether the model calls the tools of a row that has some: <c>auto</c>, <c>none</c>, <c>required</c>, or <c>{"function": "name"}</c>
    /// for a given one; sent as <c>tool_choice</c>. None leaves it to the endpoint.
    /// </summary>
    [ToolChoiceField(Written = Written.UnlessDefault)]
    [Example("required")]
    [Example(Json = """{"function": "next_ferry"}""")]
    public ToolChoice? ToolChoice { get; init; }

    /// <summary>
    /// The form that answers are asked for in: <c>text</c>, <c>json_object</c>, or <c>{"type": "json_schema", "json_schema": {"name": …,
    /// "schema": …, "strict": true}}</c>; sent as <c>response_format</c>. None is not sent.
    /// </summary>
    [ResponseFormatField(Written = Written.UnlessDefault)]
    [Example("json_object")]
    [Example(Json = """{"type": "json_schema", "json_schema": {"name": "order", "schema": {"type": "object"}, "strict": true}}""")]
    public ResponseFormat? ResponseFormat { get; init; }

    /// <summary>Sampling parameters sent to the model.</summary>
    [SectionField]
    public SamplingSpec Sampling { get; init; } = new();

    /// <summary>Where a dataset whose field names are not the usual ones keeps its values; needed for most CSV files.</summary>
    [SectionField]
    public ColumnSpec Columns { get; init; } = new();

    /// <summary>
    /// The metrics to compute: names, or objects <c>{"name": …}</c> with the metric's options; the task's defaults when empty.
    /// </summary>
    [MetricsField]
    [Example(Json = """["accuracy", "f1", "confusion_matrix"]""")]
    [Example(Json = """["rouge", {"name": "bleu", "tokenize": "13a"}]""")]
    public IReadOnlyList<MetricSpec> Metrics { get; init; } = [];

    /// <summary>Tags by whose values every metric is also given.</summary>
    [SlicesField]
    [Example(Json = """["language", "channel"]""")]
    public IReadOnlyList<string> Slices { get; init; } = [];

    /// <summary>How intervals are computed.</summary>
    [SectionField]
    public IntervalSpec Intervals { get; init; } = new();

    /// <summary>The rules that make the verdict; null for a run without one.</summary>
    [SectionField]
    public GateSpec? Gate { get; init; }

    /// <summary>Bounds of a run.</summary>
    [SectionField]
    public LimitSpec Limits { get; init; } = new();

    /// <summary>Who is told when a run ends; null for nobody. It is no part of a run's identity.</summary>
    [SectionField(Written = Written.UnlessDefault)]
    public NotifySpec? Notify { get; init; }

    /// <summary>
    /// Which finished fine-tuning jobs the suite evaluates of itself: patterns with <c>*</c> and <c>?</c> that match the whole text in any
    /// letter case. <c>{}</c> means every job, null none. See <see href="fine-tuning.md">fine-tuning.md</see>. It says when a run starts,
    /// not what it finds, and is no part of a run's identity.
    /// </summary>
    [SectionField(Written = Written.Never)]
    public FineTuneSpec? OnFineTune { get; init; }

    /// <summary>
    /// Which model is evaluated when the retirement of <c>model</c> comes near; null for none. See
    /// <see href="retirement.md">retirement.md</see>. It says when a run starts, not what it finds, and is no part of a run's identity.
    /// </summary>
    [SectionField(Written = Written.Never)]
    public RetirementSpec? OnRetirement { get; init; }

    /// <summary>
    /// Makes the folder a suite with one verdict over its datasets, by tiers; null for datasets that are judged one by one. It belongs to
    /// <c>evaluation.json</c> of a folder. See <see href="#suite">Suite</see>. It is no part of a run's identity.
    /// </summary>
    [SectionField(Written = Written.Never)]
    public SuiteSpec? Suite { get; init; }

    /// <summary>Every model under test, <see cref="Model"/> first.</summary>
    public IReadOnlyList<string> CandidateModels => [Model, .. Candidates];

    /// <summary>Whether the spec has several candidates: its run is a group of runs.</summary>
    public bool HasSeveralCandidates => Candidates.Count > 0;

    /// <summary>What the task reads rows and answers by.</summary>
    public TaskOptions TaskOptions =>
        new()
        {
            Labels = Labels,
            PositiveLabel = PositiveLabel,
            LabelProbabilities = LabelProbabilities,
            Parsing = Parsing,
        };

    /// <summary>What the metrics depend on besides their own options.</summary>
    public MetricSettings MetricSettings =>
        new()
        {
            Labels = Labels,
            PositiveLabel = PositiveLabel,
            LabelProbabilities = LabelProbabilities,
            AnswerSchema = ResponseFormat?.Schema,
            Repeats = Repeats,
            Fields = [.. (Columns.Reference?.Fields ?? []).Select(member => member.Key)],
            // A fine-tuned model has the spec's model as its baseline.
            HasBaseline = Baseline is not null || OnFineTune is not null,
        };

    /// <summary>Creates what reads written answers.</summary>
    public AnswerParser CreateParser() => Task.CreateParser(TaskOptions);

    /// <summary>The spec with other models under test.</summary>
    /// <param name="models">Names of 1 to 20 models; one that is named twice counts once. With one, the spec has one candidate.</param>
    /// <exception cref="ArgumentException">There is none, or there are more.</exception>
    public EvaluationSpec WithCandidates(IEnumerable<string> models)
    {
        var names = CandidateNames.Join(models);
        return names.Count is 0 or > CandidateNames.MaxTogether
            ? throw new ArgumentException($"A run has 1 to {CandidateNames.MaxTogether} candidates.", nameof(models))
            : this with
            {
                Model = names[0],
                Candidates = [.. names.Skip(1)],
            };
    }

    /// <summary>How a range of a dataset is read.</summary>
    /// <param name="format">How the rows are written.</param>
    /// <param name="startOffset">Byte offset of the range in the dataset.</param>
    /// <param name="csvHeader">The header's text (<see cref="ShardPlan.CsvHeader"/>).</param>
    public DatasetReadOptions ReadOptions(DatasetFormat format, long startOffset = 0, string? csvHeader = null)
    {
        var templates = new SampleContent(Prompt);
        var referenceMetrics = MetricCatalog.ThatNeedReference(Task, Metrics);
        return new DatasetReadOptions
        {
            Format = format,
            Shape = Task.ShapeOf(TaskOptions),
            StartOffset = startOffset,
            Columns = Columns,
            RequireInput = Prompt.User is null,
            RequireReference = Task.Answer != AnswerKind.Written || referenceMetrics.Count > 0,
            ReferenceMetrics = referenceMetrics,
            Tools = Tools,
            Turns = Turns,
            JoinInstruction = !templates.Names("instruction") && (Prompt.User is null || templates.Names("input")),
            CsvHeader = csvHeader,
        };
    }
}
