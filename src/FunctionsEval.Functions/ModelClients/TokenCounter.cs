using FunctionsEval.Core.Costs;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>Counts the tokens of requests before they are paid, by <see cref="PromptTokens"/>.</summary>
internal sealed class TokenCounter
{
    /// <summary>What counts.</summary>
    public PromptTokens Tokens { get; } = new();

    /// <summary>Tokens of a text.</summary>
    public int Count(string text) => Tokens.Count(text);

    /// <summary>Tokens of everything a request sends.</summary>
    public int Count(ModelRequest request) =>
        Tokens.Count(request.Messages)
        + RequestTexts.Beside(request).Sum(Count)
        + request.EmbeddedTexts.Sum(Count)
        + (request.ScoredText is { } scored ? Count(scored) : 0);
}
