using System.Text.Json;

namespace FunctionsEval.Functions.HttpGraders;

/// <summary>How a request to an HTTP grader ended.</summary>
internal abstract record GraderReply
{
    private GraderReply() { }

    /// <summary>The grader answered.</summary>
    /// <param name="Scores">What it says of each answer, by the answer's place in the request.</param>
    public sealed record Scored(IReadOnlyDictionary<int, JsonElement> Scores) : GraderReply
    {
        /// <summary>Never a score's text.</summary>
        public override string ToString() => $"{nameof(Scored)} ({Scores.Count})";
    }

    /// <summary>The grader does not take this request; another one may be taken.</summary>
    /// <param name="Reason">A code and a sentence.</param>
    public sealed record Refused(string Reason) : GraderReply;

    /// <summary>Another attempt may succeed.</summary>
    /// <param name="Reason">A code and a sentence.</param>
    public sealed record Transient(string Reason) : GraderReply
    {
        /// <summary>Whether the grader asks for fewer requests.</summary>
        public bool IsThrottled { get; init; }

        /// <summary>Whether there was a connection, so that the answers may be at fault.</summary>
        public bool WasReached { get; init; } = true;

        /// <summary>The wait that the grader asks for; null for none.</summary>
        public TimeSpan? RetryAfter { get; init; }
    }

    /// <summary>No request can succeed until a setting is changed.</summary>
    /// <param name="Message">Which setting, and why.</param>
    public sealed record Misconfigured(string Message) : GraderReply;
}
