using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Messages;

/// <summary>Input of <c>CommitRun</c>: how the run ends.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Finished">When, in UTC.</param>
/// <param name="Failure">Why it failed or was stopped; null for a run that completed.</param>
/// <param name="Resumption">How often it was resumed before. A run that was resumed since continues. Null, in histories of earlier
/// versions, for any number.</param>
internal sealed record RunEnd(string RunId, DateTime Finished, RunFailure? Failure, int? Resumption = null)
{
    /// <summary>Whether only a run that still waits for its model's deployment ends. A run that was released meanwhile continues.</summary>
    public bool OnlyIfWaiting { get; init; }
}
