using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Functions.ModelClients.Protocols.Choices;

/// <summary>Reads a token of an answer with its top log probabilities, from either API.</summary>
internal static partial class TokenReader
{
    // How the completions API writes a token that is no whole character: bytes:\xe4\xb8
    private const string BytesPrefix = "bytes:";

    /// <summary>Reads a token of the chat API; null when it has no text.</summary>
    /// <param name="token">The token: its text or bytes, its log probability, its top log probabilities.</param>
    public static AnswerToken? Read(JsonElement token)
    {
        JsonElement[] top = token.Get("top_logprobs") is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];
        return TextOf(token) is { } text
            ? Create(text, token.Get("logprob"), top.Select(other => (TextOf(other), other.Get("logprob"))))
            : null;
    }

    /// <summary>Reads a token of the completions API; null when it has no text.</summary>
    /// <param name="token">Its text.</param>
    /// <param name="logProbability">Its log probability.</param>
    /// <param name="top">Its top log probabilities: an object of log probabilities by text; JSON's null for none.</param>
    public static AnswerToken? Read(JsonElement token, JsonElement logProbability, JsonElement top)
    {
        JsonProperty[] others = top.ValueKind == JsonValueKind.Object ? [.. top.EnumerateObject()] : [];
        return token.GetText() is { } text
            ? Create(
                Unescape(text),
                logProbability,
                others.Select(other => (other.GetName() is { } name ? Unescape(name) : null, (JsonElement?)other.Value))
            )
            : null;
    }

    private static AnswerToken Create(
        string text,
        JsonElement? logProbability,
        IEnumerable<(string? Text, JsonElement? LogProbability)> others
    )
    {
        List<TopLogProbability> tops = [];
        foreach (var (other, number) in others)
        {
            if (other is not null && number?.GetFinite() is { } value)
            {
                tops.Add(new TopLogProbability(other, value));
            }
        }
        return new AnswerToken(text, logProbability?.GetFinite() ?? double.NegativeInfinity, tops);
    }

    /// <summary>A token's text: by its bytes where it is no whole character and they are given.</summary>
    public static string? TextOf(JsonElement token)
    {
        if (token.Get("bytes") is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() == 0)
        {
            return token.Get("token")?.GetText() is { } given ? Unescape(given) : null;
        }

        var bytes = new byte[list.GetArrayLength()];
        foreach ((var index, var item) in list.EnumerateArray().Index())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetByte(out bytes[index]))
            {
                return token.Get("token")?.GetText();
            }
        }
        return TokenText.FromBytes(bytes);
    }

    /// <summary>
    /// The text of a token as servers write one that is no whole character: <c>bytes:\xe4\xb8</c> (OpenAI), <c>\xe4\xb8</c>,
    /// <c>&lt;0xE4&gt;</c> (SentencePiece); another as it is.
    /// </summary>
    public static string Unescape(string text)
    {
        if (text.StartsWith(BytesPrefix, StringComparison.Ordinal) && text.Contains("\\x", StringComparison.Ordinal))
        {
            text = text[BytesPrefix.Length..];
        }
        else if (!Bytes().IsMatch(text))
        {
            return text;
        }

        var bytes = new List<byte>();
        var at = 0;
        foreach (Match match in Byte().Matches(text))
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(text[at..match.Index]));
            bytes.Add(byte.Parse(match.Groups["hex"].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            at = match.Index + match.Length;
        }
        bytes.AddRange(Encoding.UTF8.GetBytes(text[at..]));
        return TokenText.FromBytes([.. bytes]);
    }

    [GeneratedRegex(@"^(?:(?:\\x[0-9a-fA-F]{2}){1,4}|(?:<0x[0-9a-fA-F]{2}>){1,4})\z")]
    private static partial Regex Bytes();

    [GeneratedRegex(@"\\x(?<hex>[0-9a-fA-F]{2})|<0x(?<hex>[0-9a-fA-F]{2})>")]
    private static partial Regex Byte();
}
