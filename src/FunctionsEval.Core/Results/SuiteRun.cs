using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Suites;

namespace FunctionsEval.Core.Results;

/// <summary>
/// A suite run: the datasets of one suite in their versions, each evaluated by its run, and one verdict over them. It is a row of the
/// table <c>EvaluationSuites</c>, what <c>GET /api/suites/{suiteRunId}</c> returns and, once it has ended, its <c>summary.json</c>. A
/// member is null until it is known.
/// </summary>
public sealed record SuiteRun
{
    /// <summary>The suite run's id, <c>es-…</c>.</summary>
    public required string SuiteRunId { get; init; }

    /// <summary>
    /// How far it is: <see cref="RunStatus.Completed"/> when every run has ended, <see cref="RunStatus.Partial"/> when the deadline came
    /// first.
    /// </summary>
    public required RunStatus Status { get; init; }

    /// <summary>The folder of the spec with the section <c>suite</c>.</summary>
    public string Suite { get; init; } = "";

    /// <summary>The spec's name, or else the suite's.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// The model under test; of several candidates the first that passes as the suite does. Null where the datasets have several models,
    /// and where no candidate passes.
    /// </summary>
    public string? Model { get; init; }

    /// <summary>The model it is compared with; null for none, and where the datasets have several.</summary>
    public string? Baseline { get; init; }

    /// <summary>The deployment that <see cref="Model"/> was called by; null where the datasets have several.</summary>
    public string? Deployment { get; init; }

    /// <summary>
    /// The model that answered, in the endpoint's words; null where it does not say, and where the datasets have several.
    /// </summary>
    public string? ServedModel { get; init; }

    /// <summary>
    /// Where a dataset has several candidates, what the suite says of each, the best first, at most
    /// <see cref="SuiteCandidates.MaxCount"/>; null where none has, and before the end.
    /// </summary>
    public IReadOnlyList<SuiteCandidate>? Candidates { get; init; }

    /// <summary>Which one it is of the same datasets and specs; 0 for the first.</summary>
    public int Attempt { get; init; }

    /// <summary>What started it: <c>http</c>, <c>upload</c>, <c>fine_tune</c> or <c>retirement</c>.</summary>
    public string? Source { get; init; }

    /// <summary>
    /// What callers gave to get back with the notification, in the order in which they asked; null for none. The app does not read it.
    /// </summary>
    public IReadOnlyList<string>? Contexts { get; init; }

    /// <summary>The fine-tuning job whose model is evaluated; null for none.</summary>
    public string? FineTuneJob { get; init; }

    /// <summary>Version of the app that reserved it.</summary>
    public string? CodeVersion { get; init; }

    /// <summary>When it was reserved.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>The suite's verdict, of several candidates that of the best one; null before the end, and where it failed.</summary>
    public VerdictResult? Verdict { get; init; }

    /// <summary>
    /// A reason for each dataset that decides, of several candidates about the best one, whose name begins it; empty without a verdict.
    /// </summary>
    public IReadOnlyList<RuleVerdict> VerdictReasons { get; init; } = [];

    /// <summary>What decides nothing and should be known: sentences, among them those about advisory datasets.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Code of the error that it failed with or was stopped by; null for none.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>What is wrong, where, and the fix; null without an error.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>Whether somebody asked for it to be cancelled.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>How often it was resumed.</summary>
    public int Resumptions { get; init; }

    /// <summary>Samples of all runs; null before the end.</summary>
    public long? Samples { get; init; }

    /// <summary>What the calls of all runs cost, those of earlier runs that are used again included; null without prices.</summary>
    public double? Cost { get; init; }

    /// <summary>The datasets, and the names that no dataset has; null in lists of suite runs.</summary>
    public IReadOnlyList<SuiteDataset>? Datasets { get; init; }

    /// <summary>Whether it has not ended and was resumed this often.</summary>
    /// <param name="resumption">How often; null for any number.</param>
    public bool IsUnderWay(int? resumption) => !Status.HasEnded && (resumption is null || resumption == Resumptions);
}

/// <summary>A dataset of a suite run.</summary>
/// <param name="Dataset">Its blob in the container <c>datasets</c>; for one that is missing the name or pattern of the spec, with the
/// suite's folder.</param>
/// <param name="Tier">How it counts.</param>
public sealed record SuiteDataset(string Dataset, SuiteTier Tier)
{
    /// <summary>Its run; null where there is none.</summary>
    public string? RunId { get; init; }

    /// <summary>Whether the suite run started the run; false for one that was there before.</summary>
    public bool IsOwnRun { get; init; }

    /// <summary>The run's status; null where there is no run.</summary>
    public RunStatus? Status { get; init; }

    /// <summary>The run's verdict; null where it has none.</summary>
    public VerdictResult? Verdict { get; init; }

    /// <summary>What each rule of the run's gate says; empty without a verdict.</summary>
    public IReadOnlyList<RuleVerdict> VerdictReasons
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>Code of the error, the run's or that of a dataset without one, for example <c>dataset_missing</c>; null for none.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>What is wrong, and the fix; null without an error.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The model under test.</summary>
    public string? Model { get; init; }

    /// <summary>The model it is compared with; null for none.</summary>
    public string? Baseline { get; init; }

    /// <summary>The deployment that the model under test was called by.</summary>
    public string? Deployment { get; init; }

    /// <summary>The models that answered, in the endpoint's words; null where it does not say.</summary>
    public string? ServedModel { get; init; }

    /// <summary>Samples of the run.</summary>
    public long? Samples { get; init; }

    /// <summary>What the run's calls cost; null without prices.</summary>
    public double? Cost { get; init; }

    /// <summary>The number that decides the run's comparison, or leads its metrics; null before the end.</summary>
    public MetricValue? Headline { get; init; }

    /// <summary>The candidates of a run with several, in the spec's order; null for one with one.</summary>
    public IReadOnlyList<SuiteDatasetCandidate>? Candidates { get; init; }

    /// <summary>What the suite's verdict knows of the dataset.</summary>
    /// <param name="suite">The suite's folder, by which names are shortened.</param>
    public SuiteEntry ToEntry(string suite)
    {
        ArgumentNullException.ThrowIfNull(suite);
        var verdict = Permit(Verdict);
        return new SuiteEntry(NameIn(suite), Tier, verdict, verdict is null ? WhyNoVerdict() : null);
    }

    /// <summary>What a suite's verdict over one candidate knows of the dataset. Another model's verdict says nothing of it.</summary>
    /// <param name="suite">The suite's folder, by which names are shortened.</param>
    /// <param name="model">The candidate.</param>
    public SuiteEntry ToEntry(string suite, string model)
    {
        ArgumentNullException.ThrowIfNull(suite);
        if (Candidates is null && (RunId is null || Model is null || IsSame(Model, model)))
        {
            return ToEntry(suite);
        }

        if (FindCandidate(model) is not { } candidate)
        {
            return new SuiteEntry(NameIn(suite), Tier, Verdict: null, $"run {RunId} does not evaluate {model}");
        }

        var verdict = Permit(candidate.Verdict);
        return new SuiteEntry(NameIn(suite), Tier, verdict, verdict is null ? WhyNoVerdict() : null);
    }

    /// <summary>A candidate of the dataset's run; null where the run has one candidate, or does not evaluate this one.</summary>
    /// <param name="model">Its name, in any letter case.</param>
    public SuiteDatasetCandidate? FindCandidate(string model) => Candidates?.FirstOrDefault(candidate => IsSame(candidate.Model, model));

    private static bool IsSame(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private string NameIn(string suite) =>
        Dataset.StartsWith(suite + "/", StringComparison.Ordinal) ? Dataset[(suite.Length + 1)..] : Dataset;

    private VerdictResult? Permit(VerdictResult? said) =>
        Status is { } status && said is { } verdict && status.MayCarryVerdict(verdict) ? verdict : null;

    private string WhyNoVerdict() =>
        Status switch
        {
            null => ErrorMessage ?? "it has no run",
            RunStatus.Completed => "its spec has no gate",
            { HasEnded: true } => $"run {RunId} ended as {Status}{(ErrorCode is null ? "" : $" ({ErrorCode})")}",
            _ => $"run {RunId} has not ended",
        };
}

/// <summary>A candidate of a dataset of a suite run.</summary>
/// <param name="Model">Its name.</param>
/// <param name="RunId">Its run.</param>
/// <param name="Verdict">What the gate says of it among all candidates; null without one.</param>
/// <param name="Recommended">Whether it passes and is not shown to be worse than the best one.</param>
public sealed record SuiteDatasetCandidate(string Model, string RunId, VerdictResult? Verdict, bool Recommended);
