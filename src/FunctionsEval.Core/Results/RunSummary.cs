using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Tasks;

namespace FunctionsEval.Core.Results;

/// <summary>
/// <c>summary.json</c>: everything a run found. It holds no count of attempts, and no time but those of streamed answers, so that it has
/// the same bytes however often the run was interrupted; those are in <see cref="Run"/>.
/// </summary>
/// <remarks>
/// A summary of an earlier version lacks members that came later. They read as empty: a reader that is generated gives null to what is
/// missing.
/// </remarks>
public sealed record RunSummary
{
    private static readonly Dictionary<string, IReadOnlyList<UnscoredSample>> Nothing = [];

    /// <summary>The run's id.</summary>
    public required string RunId { get; init; }

    /// <summary>The spec's name, or else the suite's.</summary>
    public required string Name { get; init; }

    /// <summary>The kind of task.</summary>
    public required TaskDefinition Task { get; init; }

    /// <summary>The dataset version that was evaluated.</summary>
    public required DatasetSummary Dataset { get; init; }

    /// <summary>Model names by role.</summary>
    public required IReadOnlyDictionary<string, string> Models { get; init; }

    /// <summary>
    /// The run whose answers are the baseline's; null where the baseline was called, and without a baseline. Tokens and cost of the
    /// baseline are 0 then: that run paid them.
    /// </summary>
    public BaselineRunSummary? BaselineRun { get; init; }

    /// <summary>
    /// Whether every sample has an outcome; false for a run that was stopped, whose numbers are over what was answered by then.
    /// </summary>
    public required bool IsComplete { get; init; }

    /// <summary>What the gate says; null without a gate and for a run that failed.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Why the run failed although it has a summary (malformed rows); null for any other.</summary>
    public RunFailure? Failure { get; init; }

    /// <summary>Share of the answers that count which do not parse, 0 to 1, by role.</summary>
    public IReadOnlyDictionary<string, double> UnparsableRate
    {
        get;
        init => field = value ?? new Dictionary<string, double>();
    } = new Dictionary<string, double>();

    /// <summary>
    /// What a reader of the numbers has to know beside the verdict: sentences that say what was seen and what to do.
    /// </summary>
    public IReadOnlyList<string> Warnings
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>How many samples had which outcome, by role.</summary>
    [JsonConverter(typeof(OutcomesByRoleConverter))]
    public required IReadOnlyDictionary<string, OutcomeCounts> Outcomes { get; init; }

    /// <summary>Share of samples that count in the metrics, 0 to 1, by role; null without a sample.</summary>
    public required IReadOnlyDictionary<string, double?> Coverage { get; init; }

    /// <summary>How many samples are found in the training file; null when none is known.</summary>
    public LeakageSummary? Leakage { get; init; }

    /// <summary>Who answered, by role, and by role and grader (<c>candidate/judge</c>); null where no endpoint says.</summary>
    public IReadOnlyDictionary<string, AnsweringModels>? AnsweredBy { get; init; }

    /// <summary>How fast streamed answers came, by role; null where none was streamed. No two runs have the same times.</summary>
    public IReadOnlyDictionary<string, StreamSummary>? Streams { get; init; }

    /// <summary>How much models wrote for themselves besides their answers, by role; null where none did.</summary>
    public IReadOnlyDictionary<string, ReasoningCounts>? Reasoning { get; init; }

    /// <summary>
    /// The parts of the spec that an endpoint does not take, with the number of answers given without them, by role, and by role and
    /// grader; null where the endpoints take everything.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>>? LeftOut { get; init; }

    /// <summary>
    /// How the run compares with the previous completed run of its suite with the same model; null when it is the first, or is not
    /// complete.
    /// </summary>
    public PreviousSummary? Previous { get; init; }

    /// <summary>
    /// The comparison of several candidates; null for a run with one. In a group's summary, what is by role is added up over all
    /// candidates, and <see cref="Metrics"/> is empty: each candidate has a run and a summary of its own.
    /// </summary>
    public CandidatesSummary? Candidates { get; init; }

    /// <summary>The runs of a group, the baseline's first; null for any other run.</summary>
    public IReadOnlyList<MemberSummary>? Members { get; init; }

    /// <summary>Tokens and cost, by role, and by role and grader.</summary>
    public required IReadOnlyDictionary<string, UsageSummary> Usage { get; init; }

    /// <summary>Every number: by role, then slice (the whole dataset first), then metric.</summary>
    public required IReadOnlyList<MetricValue> Metrics { get; init; }

    /// <summary>The tables of the metrics that yield one, by role and slice.</summary>
    [JsonIgnore]
    public IReadOnlyList<ScoredTable> Tables
    {
        get => [.. ConfusionMatrices, .. Calibration, .. ResultTables.Read(OtherTables)];
        init
        {
            ConfusionMatrices = ResultTables.ConfusionMatrices(value);
            Calibration = ResultTables.Calibration(value);
            OtherTables = ResultTables.Others(value);
        }
    }

    /// <summary>The confusion matrices among <see cref="Tables"/>.</summary>
    public IReadOnlyList<ScoredTable> ConfusionMatrices
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>The bins behind calibration errors among <see cref="Tables"/>.</summary>
    public IReadOnlyList<ScoredTable> Calibration
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>
    /// The other <see cref="Tables"/>, by the member that lists their kind, and members that this version does not know; null for none.
    /// </summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? OtherTables { get; set; }

    /// <summary>The first rows by role that were not scored, with the beginning of what the model answered.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<UnscoredSample>> Examples
    {
        get;
        init => field = value ?? Nothing;
    } = Nothing;

    /// <summary>The spec, in canonical form.</summary>
    public required JsonElement Spec { get; init; }

    /// <summary>Version of the app that planned the run.</summary>
    public required string CodeVersion { get; init; }
}

/// <summary>The dataset version that was evaluated.</summary>
/// <param name="Name">Its blob in the container <c>datasets</c>.</param>
/// <param name="ETag">Its version.</param>
/// <param name="Bytes">Its length, bytes.</param>
/// <param name="Samples">Its samples.</param>
public sealed record DatasetSummary(string Name, string ETag, long Bytes, long Samples)
{
    /// <summary>Samples whose id an earlier one has; null for none, and where it was not counted.</summary>
    public long? DuplicateIds { get; init; }
}

/// <summary>A run whose answers are another run's baseline.</summary>
/// <param name="RunId">Its id.</param>
/// <param name="Model">The model that answered in it.</param>
/// <param name="Finished">When it ended.</param>
public sealed record BaselineRunSummary(string RunId, string Model, DateTimeOffset? Finished)
{
    /// <summary>The run in words: <c>answers of run ev-… (model, 2026-11-27)</c>.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"answers of run {RunId} ({Model}{(Finished is { } finished ? $", {finished.UtcDateTime:yyyy-MM-dd}" : "")})"
        );
}

/// <summary>How many samples are found in the training file.</summary>
/// <param name="TrainingFile">Its blob.</param>
/// <param name="TrainingRows">Its rows with different words.</param>
/// <param name="Exact">Samples with the same words as a training row.</param>
/// <param name="Ngrams">Other samples with most of their n-grams in it.</param>
/// <param name="Unchecked">Why samples were not checked against it; null when they were.</param>
public sealed record LeakageSummary(string TrainingFile, int TrainingRows, long Exact, long Ngrams, string? Unchecked)
{
    /// <summary>Why samples were checked against a part of the file's rows only; null when they were checked against all.</summary>
    public string? Incomplete { get; init; }
}

/// <summary>Who answered, in the endpoint's words, with how many answers say so: the most frequent names.</summary>
/// <param name="Models">Answers by the name of the model; empty where the endpoint names none.</param>
/// <param name="SystemFingerprints">Answers by the server's configuration; empty where the endpoint gives none.</param>
public sealed record AnsweringModels(IReadOnlyDictionary<string, long> Models, IReadOnlyDictionary<string, long> SystemFingerprints)
{
    /// <summary>Answers by the route on which the endpoint was called, with its version; null where its API has only one.</summary>
    public IReadOnlyDictionary<string, long>? Routes { get; init; }

    /// <summary>Answers by the deployment that gave them in place of the one that was asked (spillover); null for none.</summary>
    public IReadOnlyDictionary<string, long>? OtherDeployments { get; init; }
}

/// <summary>How fast streamed answers came, within 2.5 %.</summary>
/// <param name="Answers">Streamed answers.</param>
/// <param name="TimeToFirstTokenMs">From sending the request to the first token, ms.</param>
/// <param name="TokensPerSecond">From the first token on; null where no endpoint gave token counts.</param>
public sealed record StreamSummary(long Answers, StreamPercentiles TimeToFirstTokenMs, StreamPercentiles? TokensPerSecond);

/// <summary>Percentiles of an amount over answers.</summary>
/// <param name="P5">The 5th percentile.</param>
/// <param name="P50">The median.</param>
/// <param name="P95">The 95th percentile.</param>
/// <param name="P99">The 99th percentile.</param>
public sealed record StreamPercentiles(double P5, double P50, double P95, double P99);

/// <summary>What one model used.</summary>
/// <param name="InputTokens">Tokens of the prompts.</param>
/// <param name="OutputTokens">Tokens of the answers.</param>
/// <param name="Cost">What they cost; null when the model has no prices.</param>
public sealed record UsageSummary(long InputTokens, long OutputTokens, decimal? Cost)
{
    /// <summary>Of the prompts' tokens those that the endpoint took from its cache; null for none, and where it does not say.</summary>
    public long? CachedInputTokens { get; init; }
}

/// <summary>A row that was not scored.</summary>
/// <param name="Id">The sample's id.</param>
/// <param name="Line">Physical line in the dataset, from 1; in a shard's state relative to the shard.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Text">The beginning of what the model answered; null where it did not.</param>
public sealed record UnscoredSample(string Id, int Line, Outcome Outcome, string? Reason, string? Text);
