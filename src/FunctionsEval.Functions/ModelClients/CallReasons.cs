using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients.Transport;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>Reasons of failures that have no error code of the endpoint's own.</summary>
internal static class CallReasons
{
    /// <summary>No answer within <see cref="ModelOptions.Timeout"/>.</summary>
    public const string TimedOut = "timed_out";

    /// <summary>The connection broke before the answer was complete.</summary>
    public const string ConnectionBroken = "connection_broken";

    /// <summary>No connection could be made.</summary>
    public const string ConnectionFailed = "connection_failed";

    /// <summary>Status 200 with a body that is not JSON (cut short, HTML).</summary>
    public const string UnreadableBody = "unreadable_body";

    /// <summary>A body longer than was asked for (<see cref="ResponseBody.MaxBytesFor"/>).</summary>
    public const string BodyTooLarge = "body_too_large";

    /// <summary>Status 200 without a choice.</summary>
    public const string EmptyChoices = "empty_choices";

    /// <summary>A choice without text or a reason to have none.</summary>
    public const string MissingContent = "missing_content";

    /// <summary>A stream that ended without its end marker.</summary>
    public const string BrokenStream = "broken_stream";

    /// <summary>An answer whose finish reason says that it broke off.</summary>
    public const string BrokenAnswer = "broken_answer";

    /// <summary>Status 200 with an error object in the body.</summary>
    public const string ErrorInBody = "error_in_body";

    /// <summary>An answer that calls a tool and says nothing.</summary>
    public const string ToolCall = "tool_call";

    /// <summary>An answer that calls more tools than <see cref="ToolCallPieces.MaxCalls"/>.</summary>
    public const string TooManyToolCalls = "too_many_tool_calls";

    /// <summary>An answer with reasoning and nothing else.</summary>
    public const string ReasoningOnly = "reasoning_only";

    /// <summary>A scored text of which a token has no log probability.</summary>
    public const string MissingLogProbability = "missing_log_probability";

    /// <summary>A request larger than a quota accepts at once.</summary>
    public const string RequestTooLarge = "request_too_large";

    /// <summary>A text longer than the model takes.</summary>
    public const string ContextLength = "context_length_exceeded";

    /// <summary>An empty text to score.</summary>
    public const string EmptyText = "empty_text";

    /// <summary>A content filter, when the endpoint gave no code.</summary>
    public const string ContentFilter = "content_filter";

    /// <summary>The managed identity got no token.</summary>
    public const string NoIdentityToken = "no_identity_token";
}
