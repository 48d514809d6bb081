using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Messages;

/// <summary>The runs of a group that are under way at once.</summary>
internal enum GroupStage
{
    /// <summary>The run of the common baseline, before all others.</summary>
    Baseline,

    /// <summary>The runs of the candidates.</summary>
    Candidates,
}

/// <summary>Where <c>EvaluateCandidates</c> is, from one of its histories to the next.</summary>
/// <param name="Run">The group, as any run that is scheduled.</param>
/// <param name="Stage">The runs that it waits for.</param>
/// <param name="Since">When it began to wait for them, UTC; null before.</param>
/// <param name="Until">Its deadline, UTC; null before it has begun.</param>
internal sealed record GroupProgress(
    RunRequest Run,
    GroupStage Stage = GroupStage.Baseline,
    DateTime? Since = null,
    DateTime? Until = null
);

/// <summary>Input of <c>FollowCandidates</c>.</summary>
/// <param name="RunId">The group.</param>
/// <param name="Resumption">How often it was resumed before.</param>
/// <param name="Stage">The runs that are looked at.</param>
/// <param name="Until">When they must have ended, UTC.</param>
internal sealed record GroupStep(string RunId, int Resumption, GroupStage Stage, DateTime Until);

/// <summary>The result of <c>FollowCandidates</c>.</summary>
/// <param name="Open">Runs of the stage that have not ended.</param>
/// <param name="Failure">Once all have ended: why the group stops or fails here. Null where it goes on, or is complete.</param>
internal sealed record GroupReport(int Open, RunFailure? Failure = null);
