using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Orchestrations;

/// <summary>Input of <see cref="EvaluateDataset"/> and <c>PlanShards</c>: identities only, everything else is in the run's blobs.</summary>
internal sealed record RunRequest(string RunId, DatasetVersion Dataset, TimeSpan Deadline, int Resumption = 0)
{
    /// <summary>The rows the model was tuned on, a blob with its container's name; null when they are not known.</summary>
    public string? TrainingFile { get; init; }

    /// <summary>Webhook that hears of the end; null for none.</summary>
    public string? NotifiedWebhook { get; init; }

    /// <summary>Whether the queue hears of the end.</summary>
    public bool NotifiesQueue { get; init; }

    /// <summary>Why the run ends at once: the orchestration before this one failed. Null for a run that is evaluated.</summary>
    public RunFailure? Failure { get; init; }

    /// <summary>Whether the run follows a fine-tuning job: a deployment that is not found is one that is not there yet.</summary>
    public bool IsAutomatic { get; init; }

    /// <summary>Whether samples that got no answer before (<c>exhausted</c>, <c>timed_out</c>) are asked once more.</summary>
    public bool RepeatsFailed { get; init; }

    /// <summary>The request of a run by a spec.</summary>
    public static RunRequest For(string runId, DatasetVersion dataset, EvaluationSpec spec, string? trainingFile, int resumption = 0) =>
        new(runId, dataset, spec.Limits.Deadline, resumption)
        {
            TrainingFile = trainingFile,
            NotifiedWebhook = spec.Notify?.Webhook,
            NotifiesQueue = spec.Notify?.Queue == true,
        };
}

/// <summary>What <c>PlanShards</c> found: how much there is to fan out, or why the dataset cannot be evaluated.</summary>
internal sealed record PlanReport(int Shards, IReadOnlyList<string> Roles, RunFailure? Failure = null)
{
    /// <summary>
    /// Calls of <c>EvaluateShard</c> that one orchestration has under way at first (<see cref="ShardWindow"/>); 0 in plans of versions
    /// before there was a bound.
    /// </summary>
    public int Window { get; init; }
}

/// <summary>One shard for one role: the unit of fan-out.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Role">Candidate or baseline.</param>
/// <param name="Shard">Number of the shard.</param>
/// <param name="Deadline">After it no call is started.</param>
/// <param name="Resumption">How often the run was resumed before.</param>
/// <param name="IsSettling">Whether the run was stopped: no call is made, what was answered is summed up.</param>
internal sealed record ShardWork(string RunId, string Role, int Shard, DateTime Deadline, int Resumption, bool IsSettling)
{
    /// <summary>
    /// Whether the wait for the model is over: a sample that still gets no answer is <c>exhausted</c> or <c>timed_out</c> instead of
    /// waiting on.
    /// </summary>
    public bool GivesUp { get; init; }

    /// <summary>When the call was scheduled, by the orchestration's clock.</summary>
    public DateTime Scheduled { get; init; }
}

/// <summary>A range of the run's work items, for one sub-orchestration.</summary>
internal sealed record ShardGroup(
    string RunId,
    IReadOnlyList<string> Roles,
    int First,
    int Count,
    DateTime Deadline,
    int Resumption = 0,
    bool IsSettling = false
)
{
    /// <summary>As in <see cref="PlanReport.Window"/>.</summary>
    public int Window { get; init; }

    /// <summary>The items that are not finished, after a first execution; null for all of the range.</summary>
    public IReadOnlyList<PendingItem>? Pending { get; init; }
}

/// <summary>A work item between two calls of <c>EvaluateShard</c>.</summary>
/// <param name="Item">Number of the work item.</param>
/// <param name="NotBefore">When it is called again.</param>
/// <param name="StalledSince">When a call first ended without any progress; null while there is progress.</param>
/// <param name="Stalls">Calls in a row that ended without any progress.</param>
/// <param name="GivesUp">Whether the next call gives up the samples that get no answer.</param>
internal sealed record PendingItem(
    int Item,
    DateTime NotBefore = default,
    DateTime? StalledSince = null,
    int Stalls = 0,
    bool GivesUp = false
);

/// <summary>How far <c>EvaluateShard</c> came.</summary>
internal enum ShardStatus
{
    /// <summary>Every sample has an outcome and the shard's state is written.</summary>
    Completed,

    /// <summary>There is more to do; call again (after <see cref="ShardReport.RetryAfter"/>).</summary>
    Incomplete,

    /// <summary>The model is away: no sample is served. Call again later, until <see cref="ShardReport.OutageLimit"/> has passed.</summary>
    Unreachable,

    /// <summary>The run cannot go on; <see cref="ShardReport.Failure"/> says why.</summary>
    Failed,

    /// <summary>The endpoint throttles the samples that are left; call again after <see cref="ShardReport.RetryAfter"/>.</summary>
    Throttled,
}

/// <summary>Result of one call of <c>EvaluateShard</c>.</summary>
internal sealed record ShardReport(ShardStatus Status, RunFailure? Failure = null, TimeSpan RetryAfter = default)
{
    /// <summary>Samples that got their outcome in this call.</summary>
    public int Progress { get; init; }

    /// <summary>Whether only a few of the shard's samples are left: after the wait they are given up, instead of the run.</summary>
    public bool FewAreLeft { get; init; }

    /// <summary>How long a model may be away before that.</summary>
    public TimeSpan OutageLimit { get; init; }

    /// <summary>How long the call waited until an instance took it.</summary>
    public TimeSpan Waited { get; init; }

    public static ShardReport Completed { get; } = new(ShardStatus.Completed);

    public static ShardReport Incomplete(TimeSpan retryAfter = default) => new(ShardStatus.Incomplete, RetryAfter: retryAfter);

    public static ShardReport Failed(string code, string message) => new(ShardStatus.Failed, new RunFailure(code, message));
}

/// <summary>Input of <c>NotifyWebhook</c> and <c>NotifyQueue</c>.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Webhook">The webhook's name; empty for the queue.</param>
/// <param name="Resumption">Which of the run's ends is told; null, in histories from before it was said, for the latest.</param>
internal sealed record NotifyRequest(string RunId, string Webhook, int? Resumption = null);

/// <summary>Input of <see cref="FineTuneFinished"/>.</summary>
/// <param name="JobId">Id of the fine-tuning job; all else is looked up.</param>
/// <param name="Deadline">How long to wait for the job to end and its model to be deployed.</param>
/// <param name="CheckEvery">The shortest wait between two looks.</param>
internal sealed record FineTuneRequest(string JobId, TimeSpan Deadline, TimeSpan CheckEvery)
{
    /// <summary>When the wait is over, once the orchestration has gone on as new; null at its beginning.</summary>
    public DateTime? Until { get; init; }

    /// <summary>Looks that came before.</summary>
    public int Looks { get; init; }

    /// <summary>What those found; null at the beginning.</summary>
    public TunedRuns? Found { get; init; }
}

/// <summary>What <c>ReserveTunedRuns</c> found.</summary>
/// <param name="HasEnded">Whether the job has ended; else it is looked at again.</param>
/// <param name="TunedModel">Id of the tuned model.</param>
/// <param name="Runs">Runs that are evaluated by sub-orchestrations: only in results of versions that had no <see cref="Waiting"/>.</param>
internal sealed record TunedRuns(bool HasEnded, string? TunedModel, IReadOnlyList<RunRequest> Runs)
{
    /// <summary>The runs that wait for its deployment; null in results of earlier versions.</summary>
    public IReadOnlyList<WaitingRun>? Waiting { get; init; }

    /// <summary>Whether some dataset's run could not be reserved yet; it is tried again.</summary>
    public bool IsPartial { get; init; }
}

/// <summary>A run that waits for its model's deployment.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Resumption">How often it was resumed before.</param>
internal sealed record WaitingRun(string RunId, int Resumption);

/// <summary>Input of <c>ReleaseTunedRuns</c>.</summary>
internal sealed record DeploymentWait(string TunedModel, IReadOnlyList<string> RunIds)
{
    /// <summary>Whether runs are scheduled when the model is there; else the orchestration has them as sub-orchestrations.</summary>
    public bool Schedules { get; init; }
}

/// <summary>Input of <c>WriteSamples</c> and <c>WriteSummary</c>.</summary>
internal sealed record SummaryRequest(string RunId, int Resumption, bool IsComplete);

/// <summary>Input of <c>CommitRun</c>: how the run ends.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Finished">When, in UTC.</param>
/// <param name="Failure">Why it failed or was stopped; null for a run that completed.</param>
/// <param name="Resumption">How often it was resumed before: a run that was resumed since goes on. Null, in histories from before it was
/// said, for however often.</param>
internal sealed record RunEnd(string RunId, DateTime Finished, RunFailure? Failure, int? Resumption = null)
{
    /// <summary>Whether only a run that still waits for its model's deployment ends: one that was released meanwhile goes on.</summary>
    public bool OnlyIfWaiting { get; init; }
}
