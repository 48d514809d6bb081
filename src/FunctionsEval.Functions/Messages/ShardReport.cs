using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Messages;

/// <summary>How far <c>EvaluateShard</c> came.</summary>
internal enum ShardStatus
{
    /// <summary>Every sample has an outcome and the shard's state is written.</summary>
    Completed,

    /// <summary>There is more to do; call again (after <see cref="ShardReport.RetryAfter"/>).</summary>
    Incomplete,

    /// <summary>
    /// The model is unreachable: no sample is served. Call again later, until <see cref="ShardReport.OutageLimit"/> has passed.
    /// </summary>
    Unreachable,

    /// <summary>The run cannot go on; <see cref="ShardReport.Failure"/> says why.</summary>
    Failed,

    /// <summary>The endpoint throttles the samples that are left; call again after <see cref="ShardReport.RetryAfter"/>.</summary>
    Throttled,
}

/// <summary>Result of one call of <c>EvaluateShard</c>.</summary>
internal sealed record ShardReport(ShardStatus Status, RunFailure? Failure = null, TimeSpan RetryAfter = default)
{
    /// <summary>Samples that got their outcome in this call.</summary>
    public int Progress { get; init; }

    /// <summary>Physical lines in a finished shard; null in reports of versions before they were said.</summary>
    public int? Lines { get; init; }

    /// <summary>
    /// Whether only a few of the shard's samples are left. After the wait, these samples are given up instead of the run.
    /// </summary>
    public bool FewAreLeft { get; init; }

    /// <summary>How long a model may be unreachable before that.</summary>
    public TimeSpan OutageLimit { get; init; }

    /// <summary>How long the call waited until an instance took it.</summary>
    public TimeSpan Waited { get; init; }

    /// <summary>Whether the shard got no slot of its model, so that another call waits until the instances have fewer shards.</summary>
    public bool GotNoSlot { get; init; }

    public static ShardReport Completed { get; } = new(ShardStatus.Completed);

    public static ShardReport Incomplete(TimeSpan retryAfter = default) => new(ShardStatus.Incomplete, RetryAfter: retryAfter);

    public static ShardReport Failed(string code, string message) => new(ShardStatus.Failed, new RunFailure(code, message));
}
