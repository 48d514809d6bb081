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

    /// <summary>As in <see cref="PlanReport.ShardsMerged"/>.</summary>
    public int ShardsMerged { get; init; }

    /// <summary>Items of the whole run; 0 where nothing is merged.</summary>
    public int ItemsOfRun { get; init; }

    /// <summary>
    /// Physical lines of the shards before the group's; null as long as they are not known, and <see cref="ShardGroupNote.UnknownLines"/>
    /// where they stay so.
    /// </summary>
    public long? LinesBefore { get; init; }

    /// <summary>Physical lines of the group's finished shards, after a first execution.</summary>
    public IReadOnlyList<int>? Lines { get; init; }

    /// <summary>How many of the group's first shards were merged, after a first execution.</summary>
    public int MergedShards { get; init; }

    /// <summary>Whether the run's orchestration was told that each item was called, after a first execution.</summary>
    public bool AreCalled { get; init; }
}
