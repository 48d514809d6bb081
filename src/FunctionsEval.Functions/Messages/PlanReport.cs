using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Messages;

/// <summary>What <c>PlanShards</c> found: how much there is to fan out, or why the dataset cannot be evaluated.</summary>
internal sealed record PlanReport(int Shards, IReadOnlyList<string> Roles, RunFailure? Failure = null)
{
    /// <summary>The first bound of calls under way: what one instance takes.</summary>
    public const int InitialWindow = 8;

    /// <summary>
    /// Calls of <c>EvaluateShard</c> that one orchestration has under way at first (<c>ShardWindow</c>); 0 in plans of versions
    /// before there was a bound.
    /// </summary>
    public int Window { get; init; }
}
