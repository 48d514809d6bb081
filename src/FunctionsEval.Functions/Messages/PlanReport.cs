using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Messages;

/// <summary>The result of <c>PlanShards</c>: the number of shards to fan out, or why the dataset cannot be evaluated.</summary>
internal sealed record PlanReport(int Shards, IReadOnlyList<string> Roles, RunFailure? Failure = null)
{
    /// <summary>The initial number of concurrent calls: as many as one instance takes.</summary>
    public const int InitialWindow = 8;

    /// <summary>
    /// Calls of <c>EvaluateShard</c> that one orchestration has under way at first (<c>ShardWindow</c>); 0 in plans of versions
    /// before there was a bound.
    /// </summary>
    public int Window { get; init; }

    /// <summary>Whether the candidate's shard waits for the baseline's of the same range. Default false.</summary>
    public bool BaselineFirst { get; init; }
}
