using FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;
using FunctionsEval.Functions.ModelClients.Protocols.Completions;
using FunctionsEval.Functions.ModelClients.Protocols.Embeddings;
using FunctionsEval.Functions.ModelClients.Protocols.Responses;

namespace FunctionsEval.Functions.ModelClients.Protocols;

/// <summary>The protocols there are.</summary>
internal static class ModelProtocols
{
    /// <summary><c>chat/completions</c>.</summary>
    public static ModelProtocol Chat { get; } = new ChatCompletionsProtocol();

    /// <summary><c>completions</c>, which can score a given text (echo).</summary>
    public static ModelProtocol Completions { get; } = new CompletionsProtocol();

    /// <summary><c>responses</c>: OpenAI's successor of <c>chat/completions</c>.</summary>
    public static ModelProtocol Responses { get; } = new ResponsesProtocol();

    /// <summary><c>embeddings</c>: gives vectors instead of answers, for semantic similarity.</summary>
    public static ModelProtocol Embeddings { get; } = new EmbeddingsProtocol();

    /// <summary>All of them, in the order in which messages list them.</summary>
    public static IReadOnlyList<ModelProtocol> All { get; } = [Chat, Completions, Responses, Embeddings];

    /// <summary>The default where the setting is missing.</summary>
    public static ModelProtocol Default => Chat;
}
