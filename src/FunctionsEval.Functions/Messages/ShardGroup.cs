namespace FunctionsEval.Functions.Messages;

/// <summary>A range of the run's work items, for one sub-orchestration.</summary>
internal sealed record ShardGroup(
    string RunId,
    IReadOnlyList<string> Roles,
    int First,
    int Count,
    DateTime Deadline,
    int Resumption = 0,
    bool IsSettling = false
)
{
    /// <summary>As in <see cref="PlanReport.Window"/>.</summary>
    public int Window { get; init; }

    /// <summary>As in <see cref="PlanReport.BaselineFirst"/>.</summary>
    public bool BaselineFirst { get; init; }

    /// <summary>The items that are not finished, after a first execution; null for all of the range.</summary>
    public IReadOnlyList<PendingItem>? Pending { get; init; }
}
