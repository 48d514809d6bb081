using System.Text.Json;
using FunctionsEval.Functions.ModelClients.Refusals;

namespace FunctionsEval.Functions.ModelClients.Answers;

/// <summary>Reads what surrounds an answer or a piece of it: who answers, and the tokens used.</summary>
internal static class EnvelopeReader
{
    private const int MaxNameLength = 128;

    // Of one request; no model comes near it. The sums of a call's attempts stay numbers.
    private const int MaxTokens = 100_000_000;

    /// <summary>Adds the envelope of an answer.</summary>
    /// <param name="root">The root of a body or an event.</param>
    /// <param name="answer">Takes what is read.</param>
    public static void Read(JsonElement root, PartialAnswer answer)
    {
        answer.AddSource(NameOf(root.Get("model")), NameOf(root.Get("system_fingerprint")));
        if (ContentFilters.Find(root, root.Get("response"), root.Get("choices")?.First()) is { Count: > 0 } filters)
        {
            answer.Filters = filters;
        }

        if (root.Get("usage") is not { ValueKind: JsonValueKind.Object } usage)
        {
            return;
        }

        var input = Count(usage.Get("prompt_tokens") ?? usage.Get("input_tokens"));
        answer.Usage = new TokenUsage(
            input,
            Count(usage.Get("completion_tokens") ?? usage.Get("output_tokens")),
            Count(usage.Get("total_tokens")),
            Count((usage.Get("completion_tokens_details") ?? usage.Get("output_tokens_details"))?.Get("reasoning_tokens"))
        )
        {
            // No more than there are, so that no cost is below 0.
            CachedInput = Math.Min(input, CountCached(usage)),
        };
    }

    // prompt_tokens_details (chat completions), input_tokens_details (Responses); DeepSeek gives the number beside the others.
    private static int CountCached(JsonElement usage) =>
        Count(
            (usage.Get("prompt_tokens_details") ?? usage.Get("input_tokens_details"))?.Get("cached_tokens")
                ?? usage.Get("prompt_cache_hit_tokens")
        );

    private static int Count(JsonElement? element) => element?.GetCount() is { } count and <= MaxTokens ? count : 0;

    // An endpoint's word: kept short, and on one line.
    private static string? NameOf(JsonElement? element) =>
        element?.GetText()?.Trim() is not { Length: > 0 } name ? null
        : name.Length <= MaxNameLength && !name.Any(char.IsControl) ? name
        : string.Concat(name.Where(character => !char.IsControl(character)).Take(MaxNameLength));
}

/// <summary>The tokens of an answer, as its endpoint counts them; 0 for what it does not say.</summary>
/// <param name="Input">Of the prompt.</param>
/// <param name="Output">Of the answer, reasoning included.</param>
/// <param name="Total">Of both.</param>
/// <param name="Reasoning">Of the reasoning among those of the answer.</param>
internal readonly record struct TokenUsage(int Input, int Output, int Total, int Reasoning)
{
    /// <summary>Of the prompt's tokens those that the endpoint took from its cache.</summary>
    public int CachedInput { get; init; }
}
