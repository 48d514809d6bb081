using FunctionsEval.Core.Results;
using FunctionsEval.Core.Suites;

namespace FunctionsEval.Functions.Storage;

/// <summary>What a suite run evaluates, fixed when it is reserved: <c>suite.json</c>.</summary>
/// <param name="SuiteRunId">The suite run.</param>
/// <param name="Suite">The suite's folder.</param>
/// <param name="Deadline">How long it waits for its runs.</param>
/// <param name="Members">The datasets, and the names that no dataset has.</param>
internal sealed record SuitePlan(string SuiteRunId, string Suite, TimeSpan Deadline, IReadOnlyList<SuiteMember> Members)
{
    /// <summary>Webhook that is notified of the end; null for none.</summary>
    public string? NotifiedWebhook { get; init; }

    /// <summary>Whether the queue is notified of the end.</summary>
    public bool NotifiesQueue { get; init; }
}

/// <summary>A dataset of a suite run.</summary>
/// <param name="Dataset">Its blob; of one that is missing the name or pattern, with the suite's folder.</param>
/// <param name="Tier">How it counts.</param>
internal sealed record SuiteMember(string Dataset, SuiteTier Tier)
{
    /// <summary>Its run; null where it has none.</summary>
    public string? RunId { get; init; }

    /// <summary>The run as it is reserved; null where there is none, and for one that exists already.</summary>
    public Run? Run { get; init; }

    /// <summary>Why it has no run; null where it has one.</summary>
    public RunFailure? Failure { get; init; }
}
