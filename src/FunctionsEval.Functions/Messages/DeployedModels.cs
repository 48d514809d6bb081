using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Messages;

/// <summary>The result of <c>DeployTunedModels</c>.</summary>
/// <param name="AreReady">Whether all deployments can be called.</param>
/// <param name="Names">The deployments' names: the tuned model's, then those of its checkpoints, the latest first.</param>
internal sealed record DeployedModels(bool AreReady, IReadOnlyList<string> Names)
{
    /// <summary>When the first of them was made; null where none is there.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Why they will never be there; null while they may be.</summary>
    public RunFailure? Failure { get; init; }

    /// <summary>Why they are not there yet, as far as that is known.</summary>
    public string? Problem { get; init; }
}

/// <summary>Input of <c>DeployTunedModels</c>.</summary>
/// <param name="JobId">The fine-tuning job.</param>
/// <param name="TunedModel">Id of its tuned model.</param>
internal sealed record TunedModelOfJob(string JobId, string TunedModel);

/// <summary>The result of <c>FindTunedRuns</c>: the runs of a fine-tuning job that have not ended.</summary>
/// <param name="Waiting">Those that wait for a deployment.</param>
/// <param name="UnderWay">Number of the others.</param>
internal sealed record TunedRuns(IReadOnlyList<WaitingRun> Waiting, int UnderWay);
