using System.Text.Json;
using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Runs;

/// <summary>The kinds of task a spec can ask for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EvaluationTask>))]
public enum EvaluationTask
{
    /// <summary>The answer is one of a list of labels.</summary>
    [JsonStringEnumMemberName("classification")]
    Classification,

    /// <summary>The answer is free text compared with one or more references.</summary>
    [JsonStringEnumMemberName("generation")]
    Generation,

    /// <summary>The model assigns a probability to the reference text.</summary>
    [JsonStringEnumMemberName("language_modelling")]
    LanguageModelling,

    /// <summary>The model assigns a probability to each of a question's choices.</summary>
    [JsonStringEnumMemberName("multiple_choice")]
    MultipleChoice,
}

/// <summary>An evaluation spec: which model, which baseline, prompt, parsing, metrics, gate and limits.</summary>
public sealed record EvaluationSpec
{
    /// <summary>Name shown in tables and reports; the suite's name when absent.</summary>
    public string? Name { get; init; }

    /// <summary>The task, which decides the default metrics and how answers are read.</summary>
    public required EvaluationTask Task { get; init; }

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
}

/// <summary>Who hears of a run's end.</summary>
public sealed record NotifySpec
{
    /// <summary>Name of a webhook in the app settings (<c>Notifications__Webhooks__{name}__…</c>); null for none.</summary>
    public string? Webhook { get; init; }

    /// <summary>Whether a message is put into the app's queue. Default false.</summary>
    public bool Queue { get; init; }
}

/// <summary>
/// Which fine-tuning jobs a suite is for. Patterns match the whole text without regard to letter case; <c>*</c> stands for any characters,
/// <c>?</c> for one. What is null matches every job.
/// </summary>
public sealed record FineTuneSpec
{
    /// <summary>Pattern of the base model's id, for example <c>gpt-4o-mini-*</c>.</summary>
    public string? BaseModel { get; init; }

    /// <summary>Pattern of the suffix that was given to the job.</summary>
    public string? Suffix { get; init; }

    /// <summary>Pattern of the training file's name, or its id.</summary>
    public string? TrainingFile { get; init; }

    /// <summary>Whether a job is one of those.</summary>
    /// <param name="job">The job.</param>
    public bool Matches(FineTuneJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return Match(BaseModel, job.BaseModel)
            && Match(Suffix, job.Suffix)
            && (Match(TrainingFile, job.TrainingFileName) || Match(TrainingFile, job.TrainingFileId));

        static bool Match(string? pattern, string? value) =>
            pattern is null
            || (value is not null && System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, value, ignoreCase: true));
    }
}

/// <summary>A fine-tuning job, as far as it decides what is evaluated.</summary>
/// <param name="BaseModel">Id of the model that was tuned.</param>
/// <param name="Suffix">The suffix that was asked for; null for none.</param>
/// <param name="TrainingFileId">Id of the training file.</param>
/// <param name="TrainingFileName">Its name; null when it is not known.</param>
public sealed record FineTuneJob(string BaseModel, string? Suffix, string? TrainingFileId, string? TrainingFileName);

/// <summary>Liquid templates; the row's fields are variables, <c>input</c> is the sample's input, <c>messages</c> its turns.</summary>
public sealed record PromptSpec
{
    /// <summary>The system turn; null keeps the row's own (if any).</summary>
    public string? System { get; init; }

    /// <summary>The user turn; null sends the row's own turns (or its input as one user turn).</summary>
    public string? User { get; init; }

    /// <summary>Examples from the training file that come before the sample; null for none.</summary>
    public FewShotSpec? FewShot { get; init; }
}

/// <summary>Examples in the prompt, the same ones for every sample.</summary>
public sealed record FewShotSpec
{
    /// <summary>How many, 1–64.</summary>
    public required int Count { get; init; }

    /// <summary>Chooses which; the same seed chooses the same rows of the same file. Default 0.</summary>
    public long Seed { get; init; }
}

/// <summary>How the model's text becomes a label or a value.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ParsingMethod>))]
public enum ParsingMethod
{
    /// <summary>Generation: the whole text. Classification: exactly one of the labels.</summary>
    [JsonStringEnumMemberName("label")]
    Label,

    /// <summary>An integer, compared by value with labels or references.</summary>
    [JsonStringEnumMemberName("integer")]
    Integer,

    /// <summary>A field of the JSON object that the answer consists of.</summary>
    [JsonStringEnumMemberName("json_field")]
    JsonField,

    /// <summary>The first group (or the whole match) of a regular expression that must match exactly once.</summary>
    [JsonStringEnumMemberName("regex")]
    Regex,

    /// <summary>A choice letter, A for the first label.</summary>
    [JsonStringEnumMemberName("choice")]
    Choice,

    /// <summary>The text as it is.</summary>
    [JsonStringEnumMemberName("text")]
    Text,
}

/// <summary>Parsing options. Strict by default: what does not parse is unparsable, never guessed.</summary>
public sealed record ParsingSpec
{
    /// <summary>The method; null means <c>label</c> for classification and <c>text</c> otherwise.</summary>
    public ParsingMethod? Method { get; init; }

    /// <summary>Whether letter case is ignored when a label is compared. Default false.</summary>
    public bool IgnoreCase { get; init; }

    /// <summary>Whether one pair of quotes around the answer is removed. Default true.</summary>
    public bool StripQuotes { get; init; } = true;

    /// <summary>Name of the JSON field (dots go deeper) for <c>json_field</c>.</summary>
    public string? Field { get; init; }

    /// <summary>.NET regular expression for <c>regex</c>.</summary>
    public string? Pattern { get; init; }

    /// <summary>Other spellings of labels: spelling → label.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Whether an answer that reached the token limit is scored all the same instead of counted as truncated. Default false.
    /// </summary>
    public bool ScoreTruncated { get; init; }
}

/// <summary>Sampling parameters; null leaves the endpoint's default.</summary>
public sealed record SamplingSpec
{
    /// <summary>Upper bound of answer tokens. Default 256.</summary>
    public int MaxOutputTokens { get; init; } = 256;

    /// <summary>Temperature, 0–2; null is not sent (some models refuse it). Default 0.</summary>
    public double? Temperature { get; init; } = 0;

    /// <summary>Nucleus sampling mass, 0–1.</summary>
    public double? TopP { get; init; }

    /// <summary>Seed, for endpoints that have one.</summary>
    public long? Seed { get; init; }

    /// <summary>Texts that end the answer.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Whether to stream, so that time to first token is measured. Default false.</summary>
    public bool Stream { get; init; }

    /// <summary>Whether to ask for log probabilities of the answer's tokens. Default false; always on for language modelling.</summary>
    public bool LogProbabilities { get; init; }
}

/// <summary>Names of the fields (JSONL) or columns (CSV) that hold a sample's parts; null means the usual names.</summary>
public sealed record ColumnSpec
{
    /// <summary>Field of the input.</summary>
    public string? Input { get; init; }

    /// <summary>Field of the reference answer.</summary>
    public string? Reference { get; init; }

    /// <summary>Field of the sample's id.</summary>
    public string? Id { get; init; }

    /// <summary>Fields that become tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
}

/// <summary>
/// A metric by name with its options, for example <c>{"name":"bleu","tokenize":"13a"}</c>; a bare string is a name without options.
/// </summary>
public sealed record MetricSpec
{
    /// <summary>Name in the metric catalogue.</summary>
    public required string Name { get; init; }

    /// <summary>Options as written; each metric states its own and refuses unknown ones.</summary>
    public IReadOnlyDictionary<string, JsonElement> Options { get; init; } = new Dictionary<string, JsonElement>();
}

/// <summary>Options of the bootstrap intervals.</summary>
public sealed record IntervalSpec
{
    /// <summary>Confidence level, 0.5–0.999. Default 0.95.</summary>
    public double Level { get; init; } = 0.95;

    /// <summary>Bootstrap replicates, 0 (none) to 10,000. Default 1000.</summary>
    public int Replicates { get; init; } = 1000;
}

/// <summary>The verdict's rules; all must hold for a pass.</summary>
public sealed record GateSpec
{
    /// <summary>The rules, at least one.</summary>
    public required IReadOnlyList<GateRule> Rules { get; init; }
}

/// <summary>One rule of the gate; exactly one condition is set.</summary>
public sealed record GateRule
{
    /// <summary>
    /// Name of a metric value, for example <c>f1_macro</c>; null for <see cref="MinimumCoverage"/> and <see cref="MaximumCost"/>.
    /// </summary>
    public string? Metric { get; init; }

    /// <summary>The slice that is looked at, <c>tag=value</c>; null for the whole dataset.</summary>
    public string? Slice { get; init; }

    /// <summary>The value must be at least this.</summary>
    public double? Minimum { get; init; }

    /// <summary>The value must be at most this.</summary>
    public double? Maximum { get; init; }

    /// <summary>The interval's lower bound must be at least this; inconclusive while the interval contains it.</summary>
    public double? LowerBoundAtLeast { get; init; }

    /// <summary>
    /// The candidate may be worse than the baseline by at most this much, by the difference's interval; inconclusive while the interval
    /// contains the margin.
    /// </summary>
    public double? NotWorseThanBaselineBy { get; init; }

    /// <summary>
    /// The candidate may be worse than in the previous completed run of the suite with the same model by at most this much, decided as
    /// <see cref="NotWorseThanBaselineBy"/> over the samples that both runs have; it holds where there is no previous run.
    /// </summary>
    public double? NotWorseThanPrevious { get; init; }

    /// <summary>
    /// The difference from the baseline must lie within ± this: two one-sided tests (Schuirmann, 1987) at α = (1 − interval level) ÷ 2
    /// each,
    /// which hold when the difference's whole interval lies within; inconclusive while it reaches beyond.
    /// </summary>
    public double? EquivalentToBaselineWithin { get; init; }

    /// <summary>
    /// The candidate must be better than the baseline with a two-sided p-value of at most this (over slices Holm's); it fails when it is
    /// worse by the same test, and is inconclusive otherwise.
    /// </summary>
    public double? BetterThanBaselineAtAlpha { get; init; }

    /// <summary>What all calls of the run may have cost, in the currency of the models' prices.</summary>
    public double? MaximumCost { get; init; }

    /// <summary>Share of samples, 0–1, that must have been scored (unparsable ones included).</summary>
    public double? MinimumCoverage { get; init; }
}

/// <summary>Bounds of a run.</summary>
public sealed record LimitSpec
{
    /// <summary>The highest <see cref="MaxCost"/>: costs are kept in billionths as 64-bit integers.</summary>
    public const double HighestMaxCost = 9_000_000_000;

    /// <summary>Share of rows, 0–1, that may be malformed before the run fails. Default 0.05.</summary>
    public double MaxMalformedShare { get; init; } = 0.05;

    /// <summary>Wall-clock bound of the whole run. Default one day.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The first rows of the dataset that are evaluated; null for all.</summary>
    public long? MaxRows { get; init; }

    /// <summary>
    /// Share of the samples, 0–1, that is evaluated, chosen by a hash of their ids: the same ones in every run, and a larger share holds a
    /// smaller. Default 1.
    /// </summary>
    public double SampleFraction { get; init; } = 1;

    /// <summary>
    /// What all calls of the run may cost, in the currency of the models' prices, 0 to <see cref="HighestMaxCost"/>; null for no bound.
    /// </summary>
    public double? MaxCost { get; init; }
}
