using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>How a model call ended. The nested records are all there are. No message holds a prompt, an answer or a secret.</summary>
internal abstract record ModelCallResult
{
    private ModelCallResult() { }

    /// <summary>
    /// The model answered. A <see cref="Completion.FinishReason"/> of <c>length</c> says the answer was cut; what that means is the
    /// caller's decision.
    /// </summary>
    /// <param name="Completion">The answer.</param>
    public sealed record Answered(Completion Completion) : ModelCallResult
    {
        /// <summary>Never the answer's text.</summary>
        public override string ToString() => $"{nameof(Answered)} ({Completion.FinishReason})";
    }

    /// <summary>This sample has no answer, which says nothing about the next sample.</summary>
    /// <param name="Outcome"><see cref="Outcome.ContentFiltered"/>, <see cref="Outcome.Rejected"/>, <see cref="Outcome.TimedOut"/> or
    /// <see cref="Outcome.Exhausted"/>.</param>
    /// <param name="Reason">A code for counting: the endpoint's error code when it is one, otherwise one of
    /// <see cref="CallReasons"/>.</param>
    /// <param name="Message">One sentence for people.</param>
    /// <param name="Attempts">Requests sent.</param>
    public sealed record Failed(Outcome Outcome, string Reason, string Message, int Attempts) : ModelCallResult
    {
        /// <summary>Prompt tokens billed all the same (an answer withheld by a filter); 0 when the endpoint does not say.</summary>
        public int InputTokens { get; init; }

        /// <summary>Answer tokens billed all the same; 0 when the endpoint does not say.</summary>
        public int OutputTokens { get; init; }
    }

    /// <summary>No call to this model can succeed until a setting is changed: the run ends.</summary>
    /// <param name="Message">Which setting to check and why.</param>
    public sealed record Misconfigured(string Message) : ModelCallResult
    {
        /// <summary>Whether the endpoint knows no such model or deployment: one that was just made may appear within minutes.</summary>
        public bool MayAppear { get; init; }
    }

    /// <summary>The model is away: all attempts failed, and no other request that was sent meanwhile was served.</summary>
    /// <param name="Message">Which setting to check and why.</param>
    /// <param name="IfGivenUp">What the sample comes to when nobody waits any longer.</param>
    public sealed record Unreachable(string Message, Failed IfGivenUp) : ModelCallResult
    {
        /// <summary>How long it asks to be left alone; capped by <see cref="CallRetryOptions.LongestRetryLater"/>.</summary>
        public TimeSpan After { get; init; }
    }

    /// <summary>The run was stopped before the request, or a repetition of it, was sent.</summary>
    public sealed record NotSent : ModelCallResult
    {
        /// <summary>Requests sent before.</summary>
        public int Attempts { get; init; }

        /// <summary>Prompt tokens billed for them.</summary>
        public int InputTokens { get; init; }

        /// <summary>Answer tokens billed for them.</summary>
        public int OutputTokens { get; init; }
    }

    /// <summary>The endpoint is throttling for longer than a call should wait: repeat the call later.</summary>
    /// <param name="After">How long to wait; capped by <see cref="CallRetryOptions.LongestRetryLater"/>.</param>
    /// <param name="IfGivenUp">What the sample comes to when nobody waits any longer.</param>
    public sealed record RetryLater(TimeSpan After, Failed IfGivenUp) : ModelCallResult;
}

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

    /// <summary>A body longer than was asked for (<see cref="ResponseBody.MaxBytesOf"/>).</summary>
    public const string BodyTooLarge = "body_too_large";

    /// <summary>Status 200 without a choice.</summary>
    public const string EmptyChoices = "empty_choices";

    /// <summary>A choice without text or a reason to have none.</summary>
    public const string MissingContent = "missing_content";

    /// <summary>A stream that ended before it said that it had.</summary>
    public const string BrokenStream = "broken_stream";

    /// <summary>An answer that says of itself that it broke off.</summary>
    public const string BrokenAnswer = "broken_answer";

    /// <summary>Status 200 with an error object in the body.</summary>
    public const string ErrorInBody = "error_in_body";

    /// <summary>An answer that calls a tool and says nothing.</summary>
    public const string ToolCall = "tool_call";

    /// <summary>An answer with thoughts and nothing else.</summary>
    public const string ReasoningOnly = "reasoning_only";

    /// <summary>A scored text of which a token has no log probability.</summary>
    public const string MissingLogProbability = "missing_log_probability";

    /// <summary>A request over what a quota takes at once.</summary>
    public const string RequestTooLarge = "request_too_large";

    /// <summary>A text longer than the model takes.</summary>
    public const string ContextLength = "context_length_exceeded";

    /// <summary>A text to score that has nothing in it.</summary>
    public const string EmptyText = "empty_text";

    /// <summary>A content filter, when the endpoint gave no code.</summary>
    public const string ContentFilter = "content_filter";

    /// <summary>A token for the managed identity could not be had.</summary>
    public const string NoIdentityToken = "no_identity_token";
}
