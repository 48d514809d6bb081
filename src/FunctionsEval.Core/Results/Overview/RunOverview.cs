using FunctionsEval.Core.Gates;

namespace FunctionsEval.Core.Results.Overview;

/// <summary>
/// What a run says at first sight: ship it or not, why, and what broke, with the texts that people read. Dashboard, report, terminal and
/// notifications show it and round nothing themselves: <c>GET /api/evaluations/{runId}/overview</c>. A member is null, and absent in JSON,
/// where it is not known. Lists are bounded; the member <c>…Total</c> beside one counts all.
/// </summary>
public sealed partial record RunOverview
{
    /// <summary>Maximum number of <see cref="Headline"/>.</summary>
    public const int MaxHeadline = 12;

    /// <summary>Maximum number of <see cref="Worse"/> and of <see cref="OverviewPrevious.Worse"/>.</summary>
    public const int MaxWorse = 20;

    /// <summary>Maximum number of <see cref="Confused"/>.</summary>
    public const int MaxConfused = 20;

    /// <summary>Maximum number of <see cref="Weakest"/>.</summary>
    public const int MaxWeakest = 10;

    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The spec's name, or else the suite's.</summary>
    public string? Name { get; init; }

    /// <summary>The folder of the dataset; empty for none.</summary>
    public string? Suite { get; init; }

    /// <summary>The dataset's blob.</summary>
    public required string Dataset { get; init; }

    /// <summary>How far the run is.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>What started the run.</summary>
    public OverviewWord? Source { get; init; }

    /// <summary>When the run was reserved.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Seconds from its start, or from its last resumption, to its end; null before.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>The duration as people read it: <c>2 min 14 s</c>.</summary>
    public string? DurationText { get; init; }

    /// <summary>The models.</summary>
    public required OverviewModels Models { get; init; }

    /// <summary>Samples of the dataset.</summary>
    public long? Samples { get; init; }

    /// <summary>The kind of task.</summary>
    public string? Task { get; init; }

    /// <summary>What the gate says; null without a gate, and where the status permits no verdict.</summary>
    public VerdictResult? Verdict { get; init; }

    /// <summary>The result in one line: <c>4 of 4 rules hold</c>, <c>Cancelled after 1,234 of 3,080 samples</c>.</summary>
    public required string Title { get; init; }

    /// <summary>
    /// What each rule says; empty without a verdict, and where one thing stopped them all, which <see cref="Error"/> says.
    /// </summary>
    public IReadOnlyList<RuleVerdict> Reasons { get; init; } = [];

    /// <summary>Why the run failed or was stopped; null for any other.</summary>
    public RunFailure? Error { get; init; }

    /// <summary>What a reader of the numbers has to know beside the verdict.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What the calls cost; null without prices.</summary>
    public OverviewCost? Cost { get; init; }

    /// <summary>How fast the model under test answered.</summary>
    public OverviewLatency? Latency { get; init; }

    /// <summary>
    /// The numbers that decide: those of the gate, else the task's first, at most <see cref="MaxHeadline"/>. Null where there is none yet,
    /// and for a group, whose <see cref="Candidates"/> have theirs.
    /// </summary>
    public IReadOnlyList<HeadlineNumber>? Headline { get; init; }

    /// <summary>The classes and slices that are worse than the baseline's, the most samples lost first.</summary>
    public IReadOnlyList<OverviewChange>? Worse { get; init; }

    /// <summary>How many classes and slices are worse.</summary>
    public int? WorseTotal { get; init; }

    /// <summary>How it compares with the previous run of the suite; null where there is none.</summary>
    public OverviewPrevious? Previous { get; init; }

    /// <summary>Samples that only one of the two models got right; null without a baseline.</summary>
    public OverviewFlips? Flips { get; init; }

    /// <summary>Answers of the model under test that are wrong; null where no number counts right answers.</summary>
    public long? Wrong { get; init; }

    /// <summary>The classes that were most often taken for another one, the most frequent first.</summary>
    public IReadOnlyList<ConfusedPair>? Confused { get; init; }

    /// <summary>How many pairs of classes were confused at all.</summary>
    public int? ConfusedTotal { get; init; }

    /// <summary>The slices and classes with the lowest numbers.</summary>
    public IReadOnlyList<WeakNumber>? Weakest { get; init; }

    /// <summary>How many slices and classes there are to choose from.</summary>
    public int? WeakestTotal { get; init; }

    /// <summary>
    /// Which tables the run has to look at, <c>confusion</c> and <c>calibration</c>; null where there is no number yet, and for a group.
    /// </summary>
    public IReadOnlyList<string>? Tables { get; init; }

    /// <summary>What became of the samples.</summary>
    public IReadOnlyList<OverviewOutcome>? Outcomes { get; init; }

    /// <summary>The candidates of a group, in the spec's order; null for any other run.</summary>
    public IReadOnlyList<OverviewCandidate>? Candidates { get; init; }

    /// <summary>The candidates of a group that are recommended; null for any other run.</summary>
    public IReadOnlyList<string>? Recommended { get; init; }
}

/// <summary>A word of the API with the words that people read.</summary>
/// <param name="Value">The word.</param>
/// <param name="Text">What people read.</param>
public sealed record OverviewWord(string Value, string Text);

/// <summary>The models of a run.</summary>
/// <param name="Candidate">The model under test; of a group the first.</param>
/// <param name="Baseline">The model it is compared with; null for none.</param>
public sealed record OverviewModels(string? Candidate, string? Baseline);

/// <summary>What a run's calls cost.</summary>
/// <param name="Value">All of them together.</param>
/// <param name="Currency">The currency of the models' prices.</param>
/// <param name="Text">All of them together, with the currency.</param>
public sealed record OverviewCost(double Value, string Currency, string Text)
{
    /// <summary>The calls of the model under test, its graders included; null without prices.</summary>
    public string? CandidateText { get; init; }

    /// <summary>The baseline's calls; null without prices or a baseline.</summary>
    public string? BaselineText { get; init; }
}

/// <summary>How fast the model under test answered.</summary>
/// <param name="P50">Median, ms.</param>
/// <param name="P95">95th percentile, ms.</param>
/// <param name="Text">As people read it: <c>p95 0.20 s</c>.</param>
public sealed record OverviewLatency(double? P50, double? P95, string Text);

/// <summary>Samples that only one of two models got right.</summary>
/// <param name="Metric">The number that says what is right.</param>
/// <param name="Gained">Samples only the model under test got right.</param>
/// <param name="Lost">Samples only the baseline got right.</param>
public sealed record OverviewFlips(string Metric, long Gained, long Lost);

/// <summary>How many samples had an outcome.</summary>
/// <param name="Name">The outcome's written name.</param>
/// <param name="Label">What people read: <see cref="OutcomeWords"/>.</param>
/// <param name="Candidate">Samples of the model under test.</param>
/// <param name="Baseline">Samples of the baseline; null without one.</param>
public sealed record OverviewOutcome(string Name, string Label, long Candidate, long? Baseline);

/// <summary>How a run compares with the previous run of its suite.</summary>
/// <param name="RunId">The previous run.</param>
public sealed record OverviewPrevious(string RunId)
{
    /// <summary>The previous run's model; of a template another one than this run's.</summary>
    public string? Model { get; init; }

    /// <summary>Why the two are not compared; null when they are.</summary>
    public string? NotPaired { get; init; }

    /// <summary>Samples that both have; null where they are not paired.</summary>
    public long? Paired { get; init; }

    /// <summary>Samples that are right now and were wrong before; null where it is not known.</summary>
    public long? Gained { get; init; }

    /// <summary>Samples that were right before and are wrong now; null where it is not known.</summary>
    public long? Lost { get; init; }

    /// <summary>What got clearly worse, the most samples lost first.</summary>
    public IReadOnlyList<OverviewChange> Worse { get; init; } = [];

    /// <summary>How many numbers got clearly worse.</summary>
    public int WorseTotal { get; init; }

    /// <summary>Classes without a clear change; null where it is not known.</summary>
    public int? NoClearChange { get; init; }
}
