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
namespace FunctionsEval.Functions.ModelClients.Providers;

/// <summary>api.openai.com, key as bearer token.</summary>
internal sealed class OpenAIProvider : OpenAICompatibleProvider
{
    /// <inheritdoc/>
    public override string Name => "OpenAI";

    /// <inheritdoc/>
    public override string TelemetryName => "openai";

    /// <inheritdoc/>
    public override Uri? DefaultEndpoint { get; } = new("https://api.openai.com/v1");

    /// <inheritdoc/>
    public override string? MissingKey => "missing; OpenAI needs a key (a server without keys is Provider OpenAICompatible).";
}
