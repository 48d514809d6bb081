using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Messages;

/// <summary>Input of <c>EvaluateDataset</c> and <c>PlanShards</c>: identities only, everything else is in the run's blobs.</summary>
internal sealed record RunRequest(string RunId, DatasetVersion Dataset, TimeSpan Deadline, int Resumption = 0)
{
    /// <summary>The rows the model was tuned on, a blob with its container's name; null when they are not known.</summary>
    public string? TrainingFile { get; init; }

    /// <summary>Webhook that is notified of the end; null for none.</summary>
    public string? NotifiedWebhook { get; init; }

    /// <summary>Whether the queue is notified of the end.</summary>
    public bool NotifiesQueue { get; init; }

    /// <summary>Why the run ends at once: the previous orchestration failed. Null for a run that is evaluated.</summary>
    public RunFailure? Failure { get; init; }

    /// <summary>Whether the run follows a fine-tuning job, so that a deployment that is not found may still appear.</summary>
    public bool IsAutomatic { get; init; }

    /// <summary>Whether samples that got no answer before (<c>exhausted</c>, <c>timed_out</c>) are asked once more.</summary>
    public bool RepeatsFailed { get; init; }

    /// <summary>The group that the run is a member of, whose cost ceiling it shares; null for a run of its own.</summary>
    public string? Group { get; init; }

    /// <summary>The request of a run by a spec.</summary>
    public static RunRequest For(string runId, DatasetVersion dataset, EvaluationSpec spec, string? trainingFile, int resumption = 0) =>
        new(runId, dataset, spec.Limits.Deadline, resumption)
        {
            TrainingFile = trainingFile,
            NotifiedWebhook = spec.Notify?.Webhook,
            NotifiesQueue = spec.Notify?.Queue == true,
        };
}
