namespace FunctionsEval.Functions.Messages;

/// <summary>Input of <c>ReleaseTunedRuns</c>.</summary>
internal sealed record DeploymentWait(string TunedModel, IReadOnlyList<string> RunIds)
{
    /// <summary>Whether runs are scheduled when the model is there; else the orchestration has them as sub-orchestrations.</summary>
    public bool Schedules { get; init; }
}
