using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Messages;

/// <summary>Input of <c>EvaluateSuite</c>: identities only, everything else is in the suite run's plan.</summary>
/// <param name="SuiteRunId">The suite run.</param>
/// <param name="Deadline">How long it waits for its runs.</param>
/// <param name="Resumption">How often it was resumed before.</param>
internal sealed record SuiteRequest(string SuiteRunId, TimeSpan Deadline, int Resumption)
{
    /// <summary>Webhook that is notified of the end; null for none.</summary>
    public string? NotifiedWebhook { get; init; }

    /// <summary>Whether the queue is notified of the end.</summary>
    public bool NotifiesQueue { get; init; }

    /// <summary>Why it ends at once: the previous orchestration failed. Null for one that is evaluated.</summary>
    public RunFailure? Failure { get; init; }

    /// <summary>When the wait began, once the runs are started; null before.</summary>
    public DateTime? Waiting { get; init; }

    /// <summary>Whether its runs were stopped.</summary>
    public bool IsStopped { get; init; }
}

/// <summary>Input of <c>StartSuiteRuns</c>, <c>CheckSuiteRuns</c> and <c>StopSuiteRuns</c>.</summary>
/// <param name="SuiteRunId">The suite run.</param>
/// <param name="Resumption">How often it was resumed before.</param>
internal sealed record SuiteStep(string SuiteRunId, int Resumption);

/// <summary>The result of <c>CheckSuiteRuns</c>.</summary>
/// <param name="Unfinished">Runs that have not ended.</param>
/// <param name="OwnUnfinished">Those of them that the suite run started.</param>
internal sealed record SuiteLook(int Unfinished, int OwnUnfinished)
{
    /// <summary>Whether the suite run is to be stopped.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>Whether the suite run has ended, or was resumed since.</summary>
    public bool IsOutdated { get; init; }
}

/// <summary>Input of <c>CommitSuite</c>: how the suite run ends.</summary>
/// <param name="SuiteRunId">The suite run.</param>
/// <param name="Finished">When, in UTC.</param>
/// <param name="Failure">Why it failed or was stopped; null when every run has ended.</param>
/// <param name="Resumption">How often it was resumed before.</param>
internal sealed record SuiteEnd(string SuiteRunId, DateTime Finished, RunFailure? Failure, int Resumption);
