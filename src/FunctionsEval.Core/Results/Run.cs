using System.Text.Json.Serialization;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;
using Ids = FunctionsEval.Core.Specs.RunId;

namespace FunctionsEval.Core.Results;

/// <summary>
/// A run: one version of a dataset, evaluated by one spec. It is a row of the table <c>EvaluationRuns</c> and what
/// <c>GET /api/evaluations/{runId}</c> returns. A member is null until it is known. <see cref="RunColumns"/> declares how each
/// member is written.
/// </summary>
[JsonConverter(typeof(RunConverter))]
public sealed record Run
{
    /// <summary>The run's id, <c>ev-…</c>.</summary>
    public required string RunId { get; init; }

    /// <summary>How far the run is.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>Name of the dataset's blob in the container <c>datasets</c>.</summary>
    public string Dataset { get; init; } = "";

    /// <summary>The dataset's version.</summary>
    public string? DatasetETag { get; init; }

    /// <summary>The dataset's length, bytes.</summary>
    public long? DatasetBytes { get; init; }

    /// <summary>The MD5 hash of the dataset's bytes, in base64; null where the storage does not know it.</summary>
    public string? DatasetHash { get; init; }

    /// <summary>The folder of the dataset; empty for none.</summary>
    public string? Suite { get; init; }

    /// <summary>The spec's name, or else the suite's.</summary>
    public string? Name { get; init; }

    /// <summary>The model under test.</summary>
    public string? Model { get; init; }

    /// <summary>The model it is compared with; null for none.</summary>
    public string? Baseline { get; init; }

    /// <summary>
    /// The run whose answers are the baseline's, so that the baseline is not called; null where it is called, and without a baseline.
    /// </summary>
    public string? BaselineRun { get; init; }

    /// <summary>
    /// The models under test, in the spec's order, of a run that is a group; empty for any other. <see cref="Model"/> is the first of them.
    /// </summary>
    public IReadOnlyList<string> Candidates { get; init; } = [];

    /// <summary>The runs of <see cref="Candidates"/>, in the same order. A run that was not begun yet cannot be found.</summary>
    public IReadOnlyList<string> CandidateRuns { get; init; } = [];

    /// <summary>The candidates of a complete group that are recommended, in the spec's order; empty for none.</summary>
    public IReadOnlyList<string> Recommended { get; init; } = [];

    /// <summary>The group that this run is a member of; null for a run of its own.</summary>
    public string? Group { get; init; }

    /// <summary>How often the group had been resumed when it began or resumed this run; null for a run of its own.</summary>
    public int? GroupResumption { get; init; }

    /// <summary>When the run must have ended, which is its group's deadline; null for a run of its own.</summary>
    public DateTimeOffset? EndsBy { get; init; }

    /// <summary>The deployment that the model under test was called by; null before the run's end.</summary>
    public string? Deployment { get; init; }

    /// <summary>
    /// Hash of the spec's canonical form, as it was written: two runs by a spec with the baseline <c>run:latest</c> have one hash, whatever
    /// run was the latest.
    /// </summary>
    public string? SpecHash { get; init; }

    /// <summary>When the run was reserved.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>What started the run: <c>blob</c>, <c>http</c>, <c>fine_tune</c> or <c>retirement</c>.</summary>
    public string? Source { get; init; }

    /// <summary>The fine-tuning job whose model is evaluated; null for none.</summary>
    public string? FineTuneJob { get; init; }

    /// <summary>
    /// When the app made the deployment of the tuned model for this run, or for an earlier one of the same job; null where it made none.
    /// </summary>
    public DateTimeOffset? DeployedSince { get; init; }

    /// <summary>How many deployments the app made for the run. Null for none.</summary>
    public int? Deployments { get; init; }

    /// <summary>
    /// Hours of hosting of these deployments together until the run's end. Runs of the same job share them. Null before the end.
    /// </summary>
    public double? HostingHours { get; init; }

    /// <summary>
    /// What these hours cost by <c>FineTuning__DeployHourlyPrice</c>; no part of the models' costs, which are of tokens. Null before the
    /// end.
    /// </summary>
    public double? HostingCost { get; init; }

    /// <summary>
    /// What callers gave to get back with the notification, in the order in which they asked; empty for none. The app does not read it.
    /// </summary>
    public IReadOnlyList<string> Contexts { get; init; } = [];

    /// <summary>The suite run that the run was started for, which tells of its end in its place; null for none.</summary>
    public string? SuiteRun { get; init; }

    /// <summary>The rows the model was tuned on: a blob with its container's name. Null when they are not known.</summary>
    public string? TrainingFile { get; init; }

    /// <summary>Version of the app that reserved the run.</summary>
    public string? CodeVersion { get; init; }

    /// <summary>Samples that each model will have; null until the run is planned.</summary>
    public long? ExpectedSamples { get; init; }

    /// <summary>Whether <see cref="ExpectedSamples"/> is an estimate.</summary>
    public bool? ExpectedSamplesEstimated { get; init; }

    /// <summary>What the run costs at most by the models' prices; null without prices.</summary>
    public double? EstimatedCost { get; init; }

    /// <summary>Samples of the dataset; null before the run is summed up.</summary>
    public long? Samples { get; init; }

    /// <summary>Samples whose id an earlier one has; null before the samples are written.</summary>
    public long? DuplicateIds { get; init; }

    /// <summary>Physical line, from 1, of the first sample whose id an earlier one has; null for none.</summary>
    public long? DuplicateIdsFirstLine { get; init; }

    /// <summary>The candidate's figures.</summary>
    public ModelFigures CandidateFigures { get; init; } = new();

    /// <summary>The baseline's figures; all null without a baseline.</summary>
    public ModelFigures BaselineFigures { get; init; } = new();

    /// <summary>
    /// The run's first headline number; null before the run is summed up, and for runs of earlier versions.
    /// </summary>
    public RunHeadline? Headline { get; init; }

    /// <summary>What the run cost, with the currency; null where it was not asked for, and without prices.</summary>
    public string? CostText { get; init; }

    /// <summary>How long the run took; null where it was not asked for, and before its end.</summary>
    public string? DurationText { get; init; }

    /// <summary>
    /// What a reader of the numbers has to know beside the verdict: sentences that say what was seen and what to do. The summary has all
    /// of them, the run as many as a column holds.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The run that this one was compared with by itself; null for none.</summary>
    public string? PreviousRun { get; init; }

    /// <summary>What the gate says; null without a gate, and where the status permits no verdict.</summary>
    public VerdictResult? Verdict { get; init; }

    /// <summary>What each rule of the gate says; empty without a verdict.</summary>
    public IReadOnlyList<RuleVerdict> VerdictReasons { get; init; } = [];

    /// <summary>Code of the error that the run failed with or was stopped by; null for none.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>What is wrong, where, and the fix; null without an error.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>When the run ended; null before.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Whether somebody asked for the run to be cancelled.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>How often the run was resumed.</summary>
    public int Resumptions { get; init; }

    /// <summary>When the run was resumed the last time; null for never.</summary>
    public DateTimeOffset? Resumed { get; init; }

    /// <summary>
    /// Whether the last resumption asks again about samples that got no answer before; null for a run that was never resumed.
    /// </summary>
    public bool? RepeatsFailed { get; init; }

    /// <summary>The cost ceiling that a resumption set in place of the spec's; null for none.</summary>
    public double? MaxCost { get; init; }

    /// <summary>Outcomes so far, by role; null where they were not asked for.</summary>
    public IReadOnlyDictionary<string, OutcomeCounts>? Progress { get; init; }

    /// <summary>
    /// What keeps the run from going on at the moment, such as an endpoint that refuses connections, in words; empty for nothing, where it
    /// was not asked for, and for a run that has ended.
    /// </summary>
    public IReadOnlyList<string> Waiting { get; init; } = [];

    /// <summary>Of a pending run, what is before it; null where it was not asked for, and of any other run.</summary>
    public RunsBefore? Before { get; init; }

    /// <summary>The members of a group; null where they were not asked for, and for any other run.</summary>
    public IReadOnlyList<GroupMember>? Members { get; init; }

    /// <summary>Whether the run is a group: several candidates, each of which has a run.</summary>
    public bool IsGroup => CandidateRuns.Count > 0;

    /// <summary>Whether the run is that of one of a group's candidates.</summary>
    public bool IsCandidateOfGroup => Group is { } group && Model is { } model && RunId == Ids.CreateMember(group, Roles.Candidate, model);

    /// <summary>Whether the run is a group with a run of its own for the baseline: <see cref="BaselineRun"/>.</summary>
    public bool HasOwnBaseline => IsGroup && Baseline is { } model && BaselineRun == Ids.CreateMember(RunId, Roles.Baseline, model);

    /// <summary>When the run was started, or resumed the last time.</summary>
    public DateTimeOffset Began => Resumed ?? Started ?? DateTimeOffset.MinValue;

    /// <summary>Whether <c>summary.json</c> and <c>report.html</c> belong to how the run ended.</summary>
    public bool HasSummary => Status.HasSummary || (Status == RunStatus.Failed && ErrorCode == RunFailure.MalformedCode);

    /// <summary>How many of the candidate's samples count in its metrics.</summary>
    public long Counted => CandidateFigures.Outcomes?.Counted ?? 0;

    /// <summary>Whether samples got no answer, which another try may get. The answers of a stored baseline stay as they are.</summary>
    public bool HasFailedSamples =>
        new[] { CandidateFigures, BaselineRun is null ? BaselineFigures : null }.Any(figures =>
            figures?.Outcomes is { } outcomes && outcomes.Exhausted + outcomes.TimedOut > 0
        );

    /// <summary>The run with the texts of its cost and duration, for lists that people read.</summary>
    /// <param name="currency">The currency of the models' prices.</param>
    public Run WithTexts(string currency)
    {
        var overview = RunOverview.From(this, summary: null, currency);
        return this with
        {
            // The numbers of a run under way, which was resumed, are those of its last stop.
            Headline = Status.HasSummary && Headline is { } headline ? headline with { Currency = currency } : null,
            CostText = overview.Cost?.Text,
            DurationText = overview.DurationText,
        };
    }

    /// <summary>Whether the run has not ended and was resumed this often.</summary>
    /// <param name="resumption">How often; null for any number.</param>
    public bool IsUnderWay(int? resumption) => !Status.HasEnded && (resumption is null || resumption == Resumptions);
}
