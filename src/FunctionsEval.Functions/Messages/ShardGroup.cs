using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Protocols.Embeddings;
using FunctionsEval.Functions.ModelClients.Protocols.Completions;
using FunctionsEval.Functions.ModelClients.Protocols.Choices;
using FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients;
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

    /// <summary>The items that are not finished, after a first execution; null for all of the range.</summary>
    public IReadOnlyList<PendingItem>? Pending { get; init; }
}
