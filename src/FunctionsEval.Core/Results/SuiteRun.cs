using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Suites;

namespace FunctionsEval.Core.Results;

/// <summary>
/// A suite run: the datasets of one suite in their versions, each evaluated by its run, and one verdict over them. It is a row of the
/// table <c>EvaluationSuites</c>, what <c>GET /api/suites/{suiteRunId}</c> returns and, once it has ended, its <c>summary.json</c>. A member
/// is null until it is known.
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

    /// <summary>The model under test; null where the datasets have several.</summary>
    public string? Model { get; init; }

    /// <summary>The model it is compared with; null for none, and where the datasets have several.</summary>
    public string? Baseline { get; init; }

    /// <summary>The deployment that the model under test was called by; null where the datasets have several.</summary>
    public string? Deployment { get; init; }

    /// <summary>The model that answered, in the endpoint's words; null where it does not say, and where the datasets have several.</summary>
    public string? ServedModel { get; init; }

    /// <summary>Which one it is of the same datasets and specs; 0 for the first.</summary>
    public int Attempt { get; init; }

    /// <summary>What started it: <c>http</c>, <c>upload</c> or <c>fine_tune</c>.</summary>
    public string? Source { get; init; }

    /// <summary>The fine-tuning job whose model is evaluated; null for none.</summary>
    public string? FineTuneJob { get; init; }

    /// <summary>Version of the app that reserved it.</summary>
    public string? CodeVersion { get; init; }

    /// <summary>When it was reserved.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>The suite's verdict; null before the end, and where it failed.</summary>
    public VerdictResult? Verdict { get; init; }

    /// <summary>A reason for each dataset that decides; empty without a verdict.</summary>
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
/// <param name="Dataset">Its blob in the container <c>datasets</c>; for one that is missing the name or pattern of the spec, with the suite's folder.</param>
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

    /// <summary>What the suite's verdict knows of the dataset.</summary>
    /// <param name="suite">The suite's folder, by which names are shortened.</param>
    public SuiteEntry ToEntry(string suite)
    {
        ArgumentNullException.ThrowIfNull(suite);
        var name = Dataset.StartsWith(suite + "/", StringComparison.Ordinal) ? Dataset[(suite.Length + 1)..] : Dataset;
        var verdict = Status is { } status && Verdict is { } said && status.MayCarryVerdict(said) ? Verdict : null;
        return new SuiteEntry(name, Tier, verdict, verdict is null ? WhyNoVerdict() : null);
    }

    private string WhyNoVerdict() =>
        Status switch
        {
            null => ErrorMessage ?? "it has no run",
            RunStatus.Completed => "its spec has no gate",
            { HasEnded: true } => $"run {RunId} ended as {Status}{(ErrorCode is null ? "" : $" ({ErrorCode})")}",
            _ => $"run {RunId} has not ended",
        };
}
