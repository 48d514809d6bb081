using System.Text.Json;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients.Refusals;

namespace FunctionsEval.Functions.ModelClients.Protocols.Completions;

/// <summary>Reads the log probabilities of an echoed text.</summary>
internal static class EchoReader
{
    /// <summary>Reads the answer to a text that was to be scored.</summary>
    /// <param name="root">The body's root.</param>
    /// <param name="exchange">What was asked: the text to score, and where the part begins whose probability is wanted.</param>
    /// <remarks>
    /// The first token has no probability (nothing precedes it) and is left out of both sum and count, as is every token after the text
    /// (endpoints that cannot answer with none write one). They are told apart by the token counts where those add up, by
    /// <c>text_offset</c> otherwise. A sum that lacks another token would rank a choice too high: such an answer has none.
    /// </remarks>
    public static AttemptResult Read(JsonElement root, ModelExchange exchange)
    {
        var answer = exchange.Answer;
        EnvelopeReader.Read(root, answer);
        if (root.Get("choices")?.First() is not { } choice)
        {
            return RefusalReader.WithoutAnswer(root, exchange, CallReasons.EmptyChoices);
        }

        answer.FinishReason = choice.Get("finish_reason")?.GetText();
        if (FinishReasons.KindOf(answer.FinishReason) == FinishKind.Filtered)
        {
            return answer.Result();
        }

        if (choice.Get("text")?.GetText() is not { } echoed)
        {
            return answer.BreakOff(CallReasons.MissingContent);
        }

        return ReadTokens(choice, echoed, exchange);
    }

    private static AttemptResult ReadTokens(JsonElement choice, string echoed, ModelExchange exchange)
    {
        var (model, request, answer) = exchange;
        var (text, from) = (request.ScoredText!, request.ScoredFrom);
        if (
            choice.Get("logprobs") is not { } details
            || details.Get("token_logprobs") is not { ValueKind: JsonValueKind.Array } tokens
            || !Begins(echoed, text)
        )
        {
            return new AttemptResult.Ended(
                ScoringAdvice.NotScored(
                    model,
                    request,
                    nameof(ModelOptions.Api),
                    Begins(echoed, text) ? "its answer has no log probabilities" : "it ignores 'echo'"
                )
            );
        }

        var scored = ScoredTokens(details, tokens.GetArrayLength(), answer, text);
        if (FirstScored(details, scored, text, from) is not { } first)
        {
            return new AttemptResult.Ended(
                ScoringAdvice.NotScored(
                    model,
                    request,
                    nameof(ModelOptions.Endpoint),
                    "it does not say where tokens begin, by text_offset or tokens, so a choice cannot be told from its question"
                )
            );
        }

        if (tokens.EnumerateArray().Take(scored).Skip(Math.Max(first, 1)).Any(token => token.GetFinite() is null))
        {
            return answer.Withhold(
                Outcome.Rejected,
                CallReasons.MissingLogProbability,
                "The endpoint gave no log probability of a token of the text."
            );
        }

        foreach (var token in tokens.EnumerateArray().Take(scored).Skip(first))
        {
            answer.AddLogProbability(token);
        }

        answer.IsGreedy = IsGreedy(details, tokens, first, scored);
        answer.AddScoredText(text);
        return answer.Result(isEcho: true);
    }

    // Tokenizers may change case and spaces; the first letters are enough to tell an echo from an answer.
    private static bool Begins(string echoed, string text)
    {
        const int Window = 32;
        var expected = Letters(text);
        return expected.Length == 0 || Letters(echoed).StartsWith(expected, StringComparison.OrdinalIgnoreCase);

        static string Letters(string value) => string.Concat(value.Where(char.IsLetterOrDigit).Take(Window));
    }

    private static int ScoredTokens(JsonElement logProbabilities, int count, PartialAnswer answer, string text)
    {
        if (answer.Usage.Input > 0 && answer.Usage.Input + answer.Usage.Output == count)
        {
            return answer.Usage.Input;
        }

        if (logProbabilities.Get("text_offset") is { ValueKind: JsonValueKind.Array } offsets && offsets.GetArrayLength() == count)
        {
            // Offsets count code points, as Python's strings do.
            var length = text.EnumerateRunes().Count();
            return offsets
                .EnumerateArray()
                .TakeWhile(offset => offset.ValueKind == JsonValueKind.Number && offset.TryGetInt32(out var start) && start < length)
                .Count();
        }
        return Math.Max(0, count - answer.Usage.Output);
    }

    /// <summary>The first token of the part whose probability is wanted; null when the endpoint does not say.</summary>
    private static int? FirstScored(JsonElement logProbabilities, int count, string text, int from)
    {
        if (from == 0)
        {
            return 0;
        }

        var border = text[..from].EnumerateRunes().Count();
        return TokenEnds(logProbabilities, count, text)?.TakeWhile(end => end <= border).Count();
    }

    /// <summary>Where each of the first tokens ends, in code points; null when the endpoint does not say.</summary>
    private static int[]? TokenEnds(JsonElement logProbabilities, int count, string text)
    {
        if (
            logProbabilities.Get("text_offset") is { ValueKind: JsonValueKind.Array } offsets
            && offsets.GetArrayLength() >= count
            && offsets.EnumerateArray().All(offset => offset.ValueKind == JsonValueKind.Number && offset.TryGetInt32(out _))
        )
        {
            return [.. offsets.EnumerateArray().Take(count).Skip(1).Select(offset => offset.GetInt32()), text.EnumerateRunes().Count()];
        }
        if (logProbabilities.Get("tokens") is not { ValueKind: JsonValueKind.Array } tokens || tokens.GetArrayLength() < count)
        {
            return null;
        }

        var end = 0;
        return [.. tokens.EnumerateArray().Take(count).Select(token => end += token.GetText()?.EnumerateRunes().Count() ?? 0)];
    }

    private static bool IsGreedy(JsonElement logProbabilities, JsonElement tokens, int first, int end)
    {
        if (logProbabilities.Get("top_logprobs") is not { ValueKind: JsonValueKind.Array } tops || tops.GetArrayLength() < end)
        {
            return false;
        }

        return tokens
            .EnumerateArray()
            .Zip(tops.EnumerateArray())
            .Take(end)
            .Skip(first)
            .All(pair =>
                pair.First.GetFinite() is not { } value
                || (
                    pair.Second.ValueKind == JsonValueKind.Object
                    && pair.Second.EnumerateObject().All(top => top.Value.GetFinite() is not { } other || other <= value)
                )
            );
    }
}
