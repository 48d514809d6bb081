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

/// <summary>Input of <c>NotifyWebhook</c> and <c>NotifyQueue</c>.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Webhook">The webhook's name; empty for the queue.</param>
/// <param name="Resumption">Which of the run's ends is told; null, in histories from before it was said, for the latest.</param>
internal sealed record NotifyRequest(string RunId, string Webhook, int? Resumption = null);
