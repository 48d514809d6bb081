namespace FunctionsEval.Functions.Messages;

/// <summary>One shard for one role: the unit of fan-out.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Role">Candidate or baseline.</param>
/// <param name="Shard">Number of the shard.</param>
/// <param name="Deadline">No call is started after it.</param>
/// <param name="Resumption">How often the run was resumed before.</param>
/// <param name="IsSettling">Whether the run was stopped: no call is made, and the answers so far are summed up.</param>
internal sealed record ShardWork(string RunId, string Role, int Shard, DateTime Deadline, int Resumption, bool IsSettling)
{
    /// <summary>
    /// Whether the wait for the model is over: a sample that still gets no answer is <c>exhausted</c> or <c>timed_out</c> and waits no
    /// longer.
    /// </summary>
    public bool GivesUp { get; init; }

    /// <summary>When the call was scheduled, by the orchestration's clock.</summary>
    public DateTime Scheduled { get; init; }
}
