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

/// <summary>Input of <c>ReleaseTunedRuns</c>.</summary>
internal sealed record DeploymentWait(string TunedModel, IReadOnlyList<string> RunIds)
{
    /// <summary>Whether runs are scheduled when the model is there; else the orchestration has them as sub-orchestrations.</summary>
    public bool Schedules { get; init; }
}
