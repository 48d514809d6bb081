using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Scoring;

/// <summary>The outcome of one model's calls on one sample. Every sample of a run has exactly one.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Outcome>))]
public enum Outcome
{
    /// <summary>The model answered and the answer was scored.</summary>
    [JsonStringEnumMemberName("scored")]
    Scored,

    /// <summary>The model answered with text that does not parse; it counts as wrong, never as a guess.</summary>
    [JsonStringEnumMemberName("unparsable")]
    Unparsable,

    /// <summary>A content filter withheld the prompt or the answer.</summary>
    [JsonStringEnumMemberName("content_filtered")]
    ContentFiltered,

    /// <summary>The endpoint refused this request for a reason of its own (context length, invalid parameter).</summary>
    [JsonStringEnumMemberName("rejected")]
    Rejected,

    /// <summary>The answer reached the token limit before it ended.</summary>
    [JsonStringEnumMemberName("truncated")]
    Truncated,

    /// <summary>No answer within the time allowed for one call, however often it was tried.</summary>
    [JsonStringEnumMemberName("timed_out")]
    TimedOut,

    /// <summary>Every attempt failed for transient reasons (server errors, broken connections, unreadable bodies).</summary>
    [JsonStringEnumMemberName("exhausted")]
    Exhausted,

    /// <summary>The row is not a sample; no call was made for it.</summary>
    [JsonStringEnumMemberName("malformed_sample")]
    MalformedSample,

    /// <summary>Answer and references are too long for one of the metrics; the sample counts in none.</summary>
    [JsonStringEnumMemberName("too_long_to_score")]
    TooLongToScore,

    /// <summary>All tokens that the answer might have went into the model's reasoning; there is no answer.</summary>
    [JsonStringEnumMemberName("reasoning_exhausted")]
    ReasoningExhausted,
}
