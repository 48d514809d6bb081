namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>A response of <c>/v1/responses</c>. What this endpoint never has is left out.</summary>
internal sealed record ResponseObject(
    string Id,
    string Object,
    long CreatedAt,
    string Status,
    string Model,
    IReadOnlyList<ResponseItem> Output,
    bool Store,
    ResponseIncomplete? IncompleteDetails,
    ErrorBody? Error,
    ResponseUsage? Usage
);

/// <summary>Why a response is not whole.</summary>
internal sealed record ResponseIncomplete(string Reason);

/// <summary>The tokens used. No prompt is cached, and no sample model reasons.</summary>
internal sealed record ResponseUsage(
    int InputTokens,
    ResponseInputDetails InputTokensDetails,
    int OutputTokens,
    ResponseOutputDetails OutputTokensDetails,
    int TotalTokens
)
{
    public static ResponseUsage From(Usage usage) =>
        new(usage.PromptTokens, new ResponseInputDetails(0), usage.CompletionTokens, new ResponseOutputDetails(0), usage.TotalTokens);
}

internal sealed record ResponseInputDetails(int CachedTokens);

internal sealed record ResponseOutputDetails(int ReasoningTokens);

/// <summary>A message or a call; the members of the other one are left out.</summary>
internal sealed record ResponseItem(string Type, string Id, string Status)
{
    public string? Role { get; init; }
    public IReadOnlyList<ResponsePart>? Content { get; init; }
    public string? CallId { get; init; }
    public string? Name { get; init; }
    public string? Arguments { get; init; }
}

internal sealed record ResponsePart(string Type, string Text, IReadOnlyList<string> Annotations, IReadOnlyList<ChatTokenLogprob> Logprobs);

/// <summary>One event of a stream; the members of other events are left out.</summary>
internal sealed record ResponseEvent(string Type)
{
    public int SequenceNumber { get; init; }
    public ResponseObject? Response { get; init; }
    public int? OutputIndex { get; init; }
    public string? ItemId { get; init; }
    public int? ContentIndex { get; init; }
    public ResponseItem? Item { get; init; }
    public ResponsePart? Part { get; init; }
    public string? Delta { get; init; }
    public string? Text { get; init; }
    public string? Name { get; init; }
    public string? Arguments { get; init; }
    public IReadOnlyList<ChatTokenLogprob>? Logprobs { get; init; }
}
