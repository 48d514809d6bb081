using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Telemetry;

/// <summary>Everything the app logs, with fixed event ids. Never row text, prompts, completions or keys.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "datasets/{Name} is not a dataset and was ignored: {Reason}")]
    public static partial void BlobIgnored(this ILogger logger, string name, string reason);

    [LoggerMessage(1001, LogLevel.Information, "Run {RunId} started: datasets/{Dataset}, model {Model}, baseline {Baseline}.")]
    public static partial void RunStarted(this ILogger logger, string runId, string dataset, string model, string? baseline);

    [LoggerMessage(1002, LogLevel.Information, "Run {RunId} already exists; no new run was started for datasets/{Dataset}.")]
    public static partial void RunKnown(this ILogger logger, string runId, string dataset);

    [LoggerMessage(1003, LogLevel.Information, "Run {RunId} completed.")]
    public static partial void RunCompleted(this ILogger logger, string runId);

    [LoggerMessage(1004, LogLevel.Error, "Run {RunId} failed ({Code}): {Message}")]
    public static partial void RunFailed(this ILogger logger, string runId, string code, string message);

    [LoggerMessage(1005, LogLevel.Information, "Run {RunId} planned: {Shards} shards for {Roles} models.")]
    public static partial void RunPlanned(this ILogger logger, string runId, int shards, int roles);

    [LoggerMessage(1006, LogLevel.Information, "Run {RunId}, {Role} shard {Shard}: {Samples} samples, {Status}.")]
    public static partial void ShardEvaluated(this ILogger logger, string runId, string role, int shard, long samples, string status);

    [LoggerMessage(1016, LogLevel.Warning, "Run {RunId} was stopped ({Code}); the answers so far are kept.")]
    public static partial void RunStopped(this ILogger logger, string runId, string code);

    [LoggerMessage(1017, LogLevel.Information, "Run {RunId}: {Receiver} was notified.")]
    public static partial void NotificationSent(this ILogger logger, string runId, string receiver);

    [LoggerMessage(1018, LogLevel.Error, "Run {RunId}: the notification of {Receiver} was given up: {Reason}.")]
    public static partial void NotificationGivenUp(this ILogger logger, string runId, string receiver, string reason);

    [LoggerMessage(
        1019,
        LogLevel.Warning,
        "Run {RunId}, {Role} shard {Shard}: the process crashed {Crashes} times on this shard; "
            + "evaluating {Suspects} suspected samples one at a time.",
        EventName = "ShardEvaluatedWithCare"
    )]
    public static partial void SamplesIsolated(this ILogger logger, string runId, string role, int shard, int crashes, int suspects);

    [LoggerMessage(1008, LogLevel.Warning, "Fine-tuning: {Subject} could not be read; retrying. {Reason}")]
    public static partial void FineTuningUnavailable(this ILogger logger, string subject, string reason);

    [LoggerMessage(1009, LogLevel.Warning, "Fine-tuning: the endpoint has no job {JobId}; no run was started.")]
    public static partial void FineTuningJobUnknown(this ILogger logger, string jobId);

    [LoggerMessage(1010, LogLevel.Information, "Fine-tuning job {JobId} ended as {Status}; {Datasets} datasets have a spec for it.")]
    public static partial void FineTuningJobEnded(this ILogger logger, string jobId, string status, int datasets);

    [LoggerMessage(1011, LogLevel.Warning, "A spec was skipped because it is invalid: {Problem}")]
    public static partial void SpecUnusable(this ILogger logger, string problem);

    [LoggerMessage(1012, LogLevel.Information, "Run {RunId}: the tuned model is deployed; evaluating {Model}.")]
    public static partial void RunReleased(this ILogger logger, string runId, string model);

    [LoggerMessage(1013, LogLevel.Information, "An event of type {Type} was ignored.")]
    public static partial void EventIgnored(this ILogger logger, string type);

    [LoggerMessage(
        1014,
        LogLevel.Warning,
        "A webhook delivery was refused: {Reason} {Unsaid} more deliveries were refused since the last record. "
            + "At most one record is written per minute."
    )]
    public static partial void WebhookRefused(this ILogger logger, string reason, long unsaid);

    [LoggerMessage(1015, LogLevel.Information, "Following fine-tuning job {JobId} (reported by {Source}).")]
    public static partial void FineTuningJobSeen(this ILogger logger, string jobId, string source);

    [LoggerMessage(1034, LogLevel.Error, "{Advice} Retrying every ten seconds.")]
    public static partial void StorageAway(this ILogger logger, string advice);

    [LoggerMessage(1030, LogLevel.Error, "{Subject} could not be reconciled; the next pass tries again.")]
    public static partial void NotReconciled(this ILogger logger, Exception fault, string subject);

    [LoggerMessage(1031, LogLevel.Error, "Fine-tuning job {JobId}: no run could be reserved for datasets/{Dataset} ({Reason}); retrying.")]
    public static partial void TunedRunNotReserved(this ILogger logger, string jobId, string dataset, string reason);

    [LoggerMessage(1032, LogLevel.Error, "Run {RunId}: the run could not be started on its tuned model ({Reason}); retrying.")]
    public static partial void RunNotReleased(this ILogger logger, string runId, string reason);

    [LoggerMessage(1033, LogLevel.Information, "Run {RunId}: the cancellation could not be delivered to its orchestration ({Status}).")]
    public static partial void CancelNotDelivered(this ILogger logger, string runId, string status);

    [LoggerMessage(1035, LogLevel.Warning, "Fine-tuning job {JobId}: its grader is no metric of its runs: {Problem}")]
    public static partial void JobGraderLeftOut(this ILogger logger, string jobId, string problem);

    [LoggerMessage(1050, LogLevel.Information, "Model {Model} was probed: usable {IsUsable}; {Requests} requests, {Tokens} tokens.")]
    public static partial void ModelProbed(this ILogger logger, string model, bool isUsable, int requests, long tokens);

    [LoggerMessage(1070, LogLevel.Information, "Fine-tuning job {JobId}: deployment {Deployment} is being made.")]
    public static partial void TunedModelDeploying(this ILogger logger, string jobId, string deployment);

    [LoggerMessage(1071, LogLevel.Information, "Deployment {Deployment} of fine-tuning job {JobId} is being removed.")]
    public static partial void DeploymentRemoved(this ILogger logger, string deployment, string jobId);

    [LoggerMessage(1072, LogLevel.Warning, "Deployment {Deployment} could not be removed now; the next pass tries again. {Reason}")]
    public static partial void DeploymentNotRemoved(this ILogger logger, string deployment, string reason);

    [LoggerMessage(
        1073,
        LogLevel.Error,
        "Fine-tuning job {JobId}: its deployments could not be removed in time. SweepDeployments tries again every ten minutes."
    )]
    public static partial void DeploymentsLeft(this ILogger logger, string jobId);

    [LoggerMessage(
        1040,
        LogLevel.Information,
        "{Model} retires on {Date}: run {RunId} evaluates {Replacement} in its place on datasets/{Dataset}."
    )]
    public static partial void ReplacementEvaluated(
        this ILogger logger,
        string model,
        string date,
        string runId,
        string replacement,
        string dataset
    );

    [LoggerMessage(1041, LogLevel.Warning, "{Spec} asks for the retirement of {Model}, which is not known: {Reason}")]
    public static partial void RetirementUnknown(this ILogger logger, string spec, string model, string reason);

    [LoggerMessage(
        1007,
        LogLevel.Warning,
        "Run {RunId}, {Role} shard {Shard}: progress could not be written ({ErrorCode}); the evaluation continues."
    )]
    public static partial void ProgressNotWritten(this ILogger logger, string runId, string role, int shard, string? errorCode);

    [LoggerMessage(
        1020,
        LogLevel.Warning,
        "Run {RunId}: {Count} shards from {First} could not be merged ({Error}); they are merged when all are finished."
    )]
    public static partial void ShardsNotMerged(this ILogger logger, string runId, int first, int count, string error);

    [LoggerMessage(
        1021,
        LogLevel.Warning,
        "Run {RunId}: its scoreboard could not be read ({Reason}); the statistics of its shards are added up again."
    )]
    public static partial void ScoreboardNotRead(this ILogger logger, string runId, string reason);

    [LoggerMessage(1060, LogLevel.Information, "Suite run {SuiteRunId} started.")]
    public static partial void SuiteStarted(this ILogger logger, string suiteRunId);

    [LoggerMessage(1061, LogLevel.Error, "No suite run of datasets/{Suite} was started ({Code}): {Message}")]
    public static partial void SuiteNotStarted(this ILogger logger, string suite, string code, string message);

    [LoggerMessage(1062, LogLevel.Information, "Suite run {SuiteRunId} ended as {Status}, verdict {Verdict}.")]
    public static partial void SuiteEnded(this ILogger logger, string suiteRunId, string status, string verdict);

    [LoggerMessage(1080, LogLevel.Error, "A message of the queue of events could not be handled (attempt {Attempt}): {Reason}")]
    public static partial void EventMessageFailed(this ILogger logger, string attempt, string reason);

    [LoggerMessage(1081, LogLevel.Warning, "The first message of the queue {Queue} has waited for {Minutes} minutes.")]
    public static partial void MessageNotTaken(this ILogger logger, string queue, int minutes);
}
