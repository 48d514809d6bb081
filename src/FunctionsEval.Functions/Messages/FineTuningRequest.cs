namespace FunctionsEval.Functions.Messages;

/// <summary>Input of <c>FineTuneFinished</c>.</summary>
/// <param name="JobId">Id of the fine-tuning job; all else is looked up.</param>
/// <param name="Deadline">How long to wait for the job to end and its model to be deployed.</param>
/// <param name="CheckEvery">The shortest wait between two looks.</param>
internal sealed record FineTuningRequest(string JobId, TimeSpan Deadline, TimeSpan CheckEvery)
{
    /// <summary>When the wait is over, once the orchestration has gone on as new; null at its beginning.</summary>
    public DateTime? Until { get; init; }

    /// <summary>Number of earlier looks.</summary>
    public int Looks { get; init; }

    /// <summary>The result of those looks; null at the beginning.</summary>
    public FineTuningRuns? Found { get; init; }

    /// <summary>
    /// How long after its creation a deployment is removed, where the app deploys the model itself; null where somebody else does.
    /// </summary>
    public TimeSpan? RemoveAfter { get; init; }

    /// <summary>When the app's own deployments are removed whatever runs; null before the first was asked for.</summary>
    public DateTime? RemoveAt { get; init; }

    /// <summary>Whether no run needs the deployments any longer, and they are being removed.</summary>
    public bool IsRemoving { get; init; }
}
