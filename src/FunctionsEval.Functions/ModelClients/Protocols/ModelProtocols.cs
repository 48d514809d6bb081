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

    /// <summary>The route that an address ends in; null for none.</summary>
    /// <remarks>A server's root may be <c>/embeddings</c> or <c>/responses</c>, but not <c>/completions</c>.</remarks>
    /// <param name="address">The address.</param>
    public static string? FindRoute(Uri address)
    {
        var path = address.AbsolutePath.TrimEnd('/');
        return All.Select(protocol => protocol.Route)
            .FirstOrDefault(route =>
                path.EndsWith($"/{route}", StringComparison.OrdinalIgnoreCase)
                && (path.Length > route.Length + 1 || route.EndsWith(Completions.Route, StringComparison.Ordinal))
            );
    }
}
