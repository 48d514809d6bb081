using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;
using Microsoft.ML.Tokenizers;

namespace FunctionsEval.Core.Costs;

/// <summary>
/// Counts tokens before a call is paid, by <c>o200k_base</c>, the encoding of OpenAI's models since 2024, whatever model is called. Safe
/// for concurrent use.
/// </summary>
public sealed class PromptTokens
{
    /// <summary>A tenth on top, because not every model counts tokens as the counter does.</summary>
    private const double Margin = 1.1;

    /// <summary>Tokens that the chat format adds to a turn.</summary>
    private const int TokensPerTurn = 4;

    /// <summary>
    /// Tokens of an image whose size is not known: the most that GPT-4o takes, 85 and 8 tiles of 170 (OpenAI's guide to images).
    /// </summary>
    private const int TokensPerImage = 1445;

    /// <summary>Tokens of an image with <c>detail: low</c>, by the same guide.</summary>
    private const int TokensPerLowImage = 85;

    private readonly Lazy<TiktokenTokenizer> _tokenizer = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    /// <summary>Tokens of a text.</summary>
    /// <param name="text">The text.</param>
    public int Count(string text) => _tokenizer.Value.CountTokens(text);

    /// <summary>Tokens of a conversation.</summary>
    /// <param name="turns">Its turns.</param>
    public int Count(IEnumerable<ChatMessage> turns)
    {
        ArgumentNullException.ThrowIfNull(turns);
        return turns.Sum(Count);
    }

    /// <summary>Tokens of an image, about.</summary>
    /// <param name="image">The image.</param>
    public static int TokensOf(ImagePart image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return image.Detail == "low" ? TokensPerLowImage : TokensPerImage;
    }

    /// <summary>The JSON of tools and of the answer's schema, which endpoints put into the prompt.</summary>
    /// <param name="tools">The tools; null for none.</param>
    /// <param name="format">The form of the answer; null for any.</param>
    public static IEnumerable<string> TextsOf(ToolSet? tools, ResponseFormat? format)
    {
        if (tools?.Tools is { } ofTools)
        {
            yield return ofTools.GetRawText();
        }

        if (tools?.Functions is { } functions)
        {
            yield return functions.GetRawText();
        }

        if (format?.Schema is { } schema)
        {
            yield return schema.GetRawText();
        }
    }

    /// <summary>Counted tokens with the margin that an estimate of costs needs.</summary>
    /// <param name="tokens">The tokens.</param>
    public static int WithMargin(int tokens) => (int)Math.Ceiling(tokens * Margin);

    private int Count(ChatMessage turn) =>
        TokensPerTurn
        + Count(turn.Content)
        + (turn.Name is null ? 0 : Count(turn.Name))
        + turn.ToolCalls.Sum(call => TokensPerTurn + Count(call.Name) + Count(call.Arguments))
        + turn.Parts.OfType<ImagePart>().Sum(TokensOf);
}
