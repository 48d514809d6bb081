using System.Text.Json;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Functions.ModelClients.Answers;

namespace FunctionsEval.Functions.ModelClients.Protocols.Choices;

/// <summary>Reads a choice of an answer, or a piece of one, from either API: servers answer one in the form of the other.</summary>
internal static class ChoiceReader
{
    /// <summary>Adds the content of a choice, all of it or a piece: text, a tool call, reasoning.</summary>
    /// <param name="choice">The choice.</param>
    /// <param name="message">Its message, or the piece of it.</param>
    /// <param name="answer">Takes what is read.</param>
    /// <returns>Whether there was anything.</returns>
    public static bool Read(JsonElement choice, JsonElement? message, PartialAnswer answer)
    {
        var text = (message is { } given ? MessageText.TextOf(given) : null) ?? choice.Get("text")?.GetText() ?? "";
        var reasoning = message is { } thought ? MessageText.ReasoningOf(thought) : null;
        var hasToolCall = message is { } caller && answer.Calls.Add(caller);
        var isAnything = answer.AddPiece(text, reasoning, hasToolCall);
        ReadLogProbabilities(choice.Get("logprobs"), answer);
        if (choice.Get("finish_reason") is { } finish && (finish.GetText() ?? finish.Get("type")?.GetText()) is { Length: > 0 } reason)
        {
            answer.FinishReason = reason;
        }

        return isAnything;
    }

    /// <summary>Whether a choice has a text, even an empty one.</summary>
    public static bool HasText(JsonElement choice) => choice.Get("text") is not null || choice.Get("message")?.Get("content") is not null;

    private static void ReadLogProbabilities(JsonElement? logProbabilities, PartialAnswer answer)
    {
        if (logProbabilities?.Get("content") is { ValueKind: JsonValueKind.Array } content)
        {
            foreach (var token in content.EnumerateArray())
            {
                answer.AddLogProbability(token.Get("logprob"), TokenReader.TextOf(token) is { } text ? TokenText.ToBytes(text) : null);
                answer.AddToken(TokenReader.Read(token));
            }
        }
        else if (logProbabilities?.Get("token_logprobs") is { ValueKind: JsonValueKind.Array } tokens)
        {
            ReadCompletionTokens(logProbabilities.Value, tokens, answer);
        }
    }

    /// <summary>Reads the lists of the completions API: texts, log probabilities and top log probabilities side by side.</summary>
    private static void ReadCompletionTokens(JsonElement logProbabilities, JsonElement tokens, PartialAnswer answer)
    {
        JsonElement? texts =
            logProbabilities.Get("tokens") is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() == tokens.GetArrayLength()
                ? list
                : null;
        foreach (var (index, token) in tokens.EnumerateArray().Index())
        {
            answer.AddLogProbability(token, texts?[index].GetText() is { } text ? TokenText.ToBytes(TokenReader.Unescape(text)) : null);
        }

        if (texts is { } known && logProbabilities.Get("top_logprobs") is { ValueKind: JsonValueKind.Array } tops)
        {
            foreach (var ((text, number), top) in known.EnumerateArray().Zip(tokens.EnumerateArray()).Zip(tops.EnumerateArray()))
            {
                answer.AddToken(TokenReader.Read(text, number, top));
            }
        }
    }
}
