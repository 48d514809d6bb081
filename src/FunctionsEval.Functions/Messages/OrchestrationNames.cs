using System.Globalization;

namespace FunctionsEval.Functions.Messages;

/// <summary>
/// The names of the orchestrations, their instances and their events, for the code that schedules them. An orchestration's name is that of
/// its class.
/// </summary>
internal static class OrchestrationNames
{
    /// <summary>The root orchestration of a run; its input is a <see cref="RunRequest"/>.</summary>
    public const string EvaluateDataset = "EvaluateDataset";

    /// <summary>The root orchestration of a group of candidates; its input is a <see cref="GroupProgress"/>.</summary>
    public const string EvaluateCandidates = "EvaluateCandidates";

    /// <summary>The root orchestration of a suite run; its input is a <see cref="SuiteRequest"/>.</summary>
    public const string EvaluateSuite = "EvaluateSuite";

    /// <summary>What follows a fine-tuning job; its input is a <see cref="FineTuningRequest"/>.</summary>
    public const string FineTuneFinished = "FineTuneFinished";

    /// <summary>The external event that tells a waiting orchestration that its run is cancelled.</summary>
    public const string CancelEvent = "cancel";

    /// <summary>The external event that tells a shard group how many physical lines the shards before it have.</summary>
    public const string LinesEvent = "lines";

    /// <summary>The external event with which a shard group tells how far it is; its payload is a <see cref="ShardGroupNote"/>.</summary>
    /// <param name="isSettling">As in <see cref="ShardGroup.IsSettling"/>.</param>
    public static string NoteEvent(bool isSettling) => isSettling ? "settled" : "evaluated";

    /// <summary>
    /// Instance of a run's or a suite run's orchestration. Each resumption has its own, because the previous one may still be sending
    /// notifications.
    /// </summary>
    public static string InstanceOfRun(string runId, int resumption) =>
        resumption == 0 ? runId : string.Create(CultureInfo.InvariantCulture, $"{runId}~{resumption}");

    /// <summary>Instance that follows a fine-tuning job: ten events of one job are one.</summary>
    public static string InstanceOfJob(string jobId) => "fine-tune-" + jobId;
}
