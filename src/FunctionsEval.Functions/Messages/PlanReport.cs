using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Messages;

/// <summary>The result of <c>PlanShards</c>: the number of shards to fan out, or why the dataset cannot be evaluated.</summary>
internal sealed record PlanReport(int Shards, IReadOnlyList<string> Roles, RunFailure? Failure = null)
{
    /// <summary>The initial number of concurrent calls: as many as four instances take.</summary>
    public const int InitialWindow = 16;

    /// <summary>Shards that are merged together: a second of work at most, and a divisor of the shards of a group.</summary>
    public const int ShardsMergedTogether = 10;

    /// <summary>
    /// Calls of <c>EvaluateShard</c> that one orchestration has under way at first (<c>ShardWindow</c>); 0 in plans of versions
    /// before there was a bound.
    /// </summary>
    public int Window { get; init; }

    /// <summary>Whether the candidate's shard waits for the baseline's of the same range. Default false.</summary>
    public bool BaselineFirst { get; init; }

    /// <summary>
    /// Shards that <c>MergeShards</c> merges together, as soon as they are finished; 0 in plans of versions that merge nothing before all
    /// shards are finished.
    /// </summary>
    public int ShardsMerged { get; init; }
}
