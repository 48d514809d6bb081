using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Parsing;

/// <summary>A model's answer to one request.</summary>
public sealed record Completion
{
    /// <summary>The answer's text, without reasoning; for a scored text (echo), the text itself.</summary>
    public required string Text { get; init; }

    /// <summary>
    /// What the model wrote for itself before or amid the answer, in a field of its own or between markers in the text; null for nothing.
    /// </summary>
    public string? Reasoning { get; init; }

    /// <summary>Tokens of the reasoning among <see cref="OutputTokens"/>; 0 when the endpoint does not say.</summary>
    public int ReasoningTokens { get; init; }

    /// <summary>
    /// What was asked for and not sent as asked, because the endpoint does not take it, in the API's words: <c>temperature</c>, <c>system
    /// role</c>, …; empty for nothing.
    /// </summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Why the model stopped, in the endpoint's words: "stop", "length", "content_filter", …</summary>
    public required string FinishReason { get; init; }

    /// <summary>
    /// What the model gave instead of text: <c>tool_call</c> or <c>reasoning_only</c>; null when there is text, or nothing at all.
    /// <c>too_many_tool_calls</c> where it calls more tools than are kept, whatever else there is.
    /// </summary>
    public string? InsteadOfText { get; init; }

    /// <summary>Whether the model reasoned, and neither wrote a text nor called a tool.</summary>
    public bool IsReasoningAlone =>
        string.IsNullOrWhiteSpace(Text) && ToolCalls.Count == 0 && (Reasoning is not null || ReasoningTokens > 0);

    /// <summary>The tools that the model calls, in its order; empty for none.</summary>
    public IReadOnlyList<ToolCall> ToolCalls { get; init; } = [];

    /// <summary>The model that answered, in the endpoint's words, at most 128 characters; null when it does not say.</summary>
    public string? Model { get; init; }

    /// <summary>
    /// The configuration of the server that answered (<c>system_fingerprint</c>), at most 128 characters; null when it does not say.
    /// </summary>
    public string? SystemFingerprint { get; init; }

    /// <summary>The route on which the endpoint was called, with its version; null where its API has only one.</summary>
    public string? Route { get; init; }

    /// <summary>
    /// The deployment that answered in place of the one that was asked (spillover), at most 128 characters; null where that one answered,
    /// or the endpoint does not say.
    /// </summary>
    public string? OtherDeployment { get; init; }

    /// <summary>Why an answer is not whole; <see cref="AnswerCut.None"/> where it is, or nothing is known.</summary>
    public AnswerCut Cut { get; init; }

    /// <summary>
    /// Tokens of the prompt, as the endpoint billed them, those of earlier attempts that were paid included; 0 when it does not say.
    /// </summary>
    public int InputTokens { get; init; }

    /// <summary>Of <see cref="InputTokens"/> those that the endpoint took from its cache; 0 when it does not say.</summary>
    public int CachedInputTokens { get; init; }

    /// <summary>
    /// Tokens of the answer, as the endpoint billed them, those of earlier attempts that were paid included; 0 when it does not say.
    /// </summary>
    public int OutputTokens { get; init; }

    /// <summary>From sending the request to the last byte of the answer, of the attempt that succeeded.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>From sending the request to the first token; null unless the answer was streamed.</summary>
    public TimeSpan? TimeToFirstToken { get; init; }

    /// <summary>
    /// Tokens a second after the first one; null unless the answer was streamed in several pieces and the endpoint says how many tokens it
    /// has.
    /// </summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>
    /// Sum of the natural-log probabilities of the answer's tokens (of the reference's tokens when echoed), those of reasoning left out;
    /// null when the endpoint gave none, or does not say which are the answer's.
    /// </summary>
    public double? LogProbability { get; init; }

    /// <summary>How many tokens <see cref="LogProbability"/> sums over.</summary>
    public int LogProbabilityTokens { get; init; }

    /// <summary>The answer's tokens with the top log probabilities of each; null when not asked for or not given.</summary>
    public IReadOnlyList<AnswerToken>? Tokens { get; init; }

    /// <summary>The vectors of the embedded texts; null for any other request.</summary>
    public IReadOnlyList<float[]>? Embeddings { get; init; }

    /// <summary>For a scored text: whether each scored token is the likeliest in its place; false when the endpoint does not say.</summary>
    public bool IsGreedy { get; init; }

    /// <summary>
    /// True when <see cref="LogProbability"/> is that of the reference text (echo), false when it is that of the model's own answer.
    /// </summary>
    public bool IsEcho { get; init; }

    /// <summary>Requests sent for this answer, failed ones included; at least 1.</summary>
    public int Attempts { get; init; } = 1;
}
