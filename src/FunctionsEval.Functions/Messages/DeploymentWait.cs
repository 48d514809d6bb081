namespace FunctionsEval.Functions.Messages;

/// <summary>Input of <c>ReleaseTunedRuns</c>.</summary>
internal sealed record DeploymentWait(string TunedModel, IReadOnlyList<string> RunIds)
{
    /// <summary>Whether runs are scheduled when the model is there; else the orchestration has them as sub-orchestrations.</summary>
    public bool Schedules { get; init; }

    /// <summary>The fine-tuning job, whose checkpoints are evaluated too; null in histories of earlier versions.</summary>
    public string? JobId { get; init; }

    /// <summary>The deployments that the app made; null where somebody else deploys the model.</summary>
    public DeployedModels? Deployed { get; init; }
}
