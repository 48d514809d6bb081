using FunctionsEval.Core.Datasets;
using Microsoft.ML.Tokenizers;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>
/// Counts tokens before a call is paid, by <c>o200k_base</c>, the encoding of OpenAI's models since 2024, whatever model is called.
/// </summary>
internal sealed class TokenCounter
{
    /// <summary>Tokens that the chat format adds to a turn.</summary>
    private const int TokensPerTurn = 4;

    private readonly Lazy<TiktokenTokenizer> _tokenizer = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    /// <summary>Tokens of a text.</summary>
    public int Count(string text) => _tokenizer.Value.CountTokens(text);

    /// <summary>Tokens of everything a request sends.</summary>
    public int Count(ModelRequest request) =>
        request.Messages.Sum(Count)
        + RequestTexts.Beside(request).Sum(Count)
        + request.EmbeddedTexts.Sum(Count)
        + (request.ScoredText is { } scored ? Count(scored) : 0);

    private int Count(ChatMessage turn) =>
        TokensPerTurn
        + Count(turn.Content)
        + (turn.Name is null ? 0 : Count(turn.Name))
        + turn.ToolCalls.Sum(call => TokensPerTurn + Count(call.Name) + Count(call.Arguments))
        + turn.Parts.OfType<ImagePart>().Sum(RequestTexts.TokensOf);
}
