using System.Globalization;
using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Functions.Models;

/// <summary>Reads a token of an answer with its alternatives, from either API.</summary>
internal static class TokenReader
{
    // How the completions API writes a token that is no whole character: bytes:\xe4\xb8
    private const string BytesPrefix = "bytes:";

    /// <summary>Reads a token of the chat API; null when it has no text.</summary>
    /// <param name="token">The token: its text or bytes, its log probability, its alternatives.</param>
    public static AnswerToken? Read(JsonElement token)
    {
        JsonElement[] top = token.Get("top_logprobs") is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];
        return TextOf(token) is { } text ? Create(text, token.Get("logprob"), top.Select(other => (TextOf(other), other.Get("logprob")))) : null;
    }

    /// <summary>Reads a token of the completions API; null when it has no text.</summary>
    /// <param name="token">Its text.</param>
    /// <param name="logProbability">Its log probability.</param>
    /// <param name="top">Its alternatives: an object of log probabilities by text; JSON's null for none.</param>
    public static AnswerToken? Read(JsonElement token, JsonElement logProbability, JsonElement top)
    {
        JsonProperty[] others = top.ValueKind == JsonValueKind.Object ? [.. top.EnumerateObject()] : [];
        return token.GetText() is { } text ? Create(Unescape(text), logProbability, others.Select(other => (other.GetName() is { } name ? Unescape(name) : null, (JsonElement?)other.Value))) : null;
    }

    private static AnswerToken Create(string text, JsonElement? logProbability, IEnumerable<(string? Text, JsonElement? LogProbability)> others)
    {
        List<TokenAlternative> alternatives = [];
        foreach (var (other, number) in others)
        {
            if (other is not null && number?.GetFinite() is { } value)
                alternatives.Add(new TokenAlternative(other, value));
        }
        return new AnswerToken(text, logProbability?.GetFinite() ?? double.NegativeInfinity, alternatives);
    }

    /// <summary>A token's text: by its bytes where it is no whole character and they are given.</summary>
    private static string? TextOf(JsonElement token)
    {
        if (token.Get("bytes") is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() == 0)
            return token.Get("token")?.GetText();
        var bytes = new byte[list.GetArrayLength()];
        foreach ((int index, JsonElement item) in list.EnumerateArray().Index())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetByte(out bytes[index]))
                return token.Get("token")?.GetText();
        }
        return TokenText.FromBytes(bytes);
    }

    private static string Unescape(string text)
    {
        if (!text.StartsWith(BytesPrefix, StringComparison.Ordinal) || !text.Contains("\\x", StringComparison.Ordinal))
            return text;
        var bytes = new List<byte>();
        for (int i = BytesPrefix.Length; i < text.Length; i++)
        {
            if (text.AsSpan(i) is ['\\', 'x', var high, var low, ..] && byte.TryParse([high, low], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                bytes.Add(value);
                i += 3;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, 1)));
            }
        }
        return TokenText.FromBytes([.. bytes]);
    }
}
