namespace FunctionsEval.Functions.Messages;

/// <summary>The result of <c>ReserveTunedRuns</c>.</summary>
/// <param name="HasEnded">Whether the job has ended; else it is looked at again.</param>
/// <param name="TunedModel">Id of the tuned model.</param>
/// <param name="Runs">Runs that are evaluated by sub-orchestrations: only in results of versions that had no <see cref="Waiting"/>.</param>
internal sealed record FineTuningRuns(bool HasEnded, string? TunedModel, IReadOnlyList<RunRequest> Runs)
{
    /// <summary>The runs that wait for its deployment; null in results of earlier versions.</summary>
    public IReadOnlyList<WaitingRun>? Waiting { get; init; }

    /// <summary>Whether the run of some dataset could not be reserved yet; the next look tries again.</summary>
    public bool IsPartial { get; init; }
}

/// <summary>A run that waits for its model's deployment.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Resumption">How often it was resumed before.</param>
internal sealed record WaitingRun(string RunId, int Resumption);
