namespace FunctionsEval.Functions.Models;

/// <summary>Why an attempt failed that may succeed when repeated.</summary>
internal enum PassingFault
{
    /// <summary>429: too many requests or tokens.</summary>
    Throttled,

    /// <summary>503 or 529: no capacity at the moment.</summary>
    Overloaded,

    /// <summary>Another server error, a broken connection or an answer that cannot be read.</summary>
    Broken,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>No connection.</summary>
    Unreachable,

    /// <summary>No token for the managed identity.</summary>
    NoIdentityToken,
}

/// <summary>How one attempt of a call ended. The nested records are all there are.</summary>
internal abstract record AttemptResult
{
    private AttemptResult()
    {
    }

    /// <summary>The call is over.</summary>
    public sealed record Ended(ModelCallResult Result) : AttemptResult;

    /// <summary>The endpoint refuses this request; another form of it may do.</summary>
    public sealed record Refused(EndpointError Error) : AttemptResult;

    /// <summary>The same request may succeed later.</summary>
    /// <param name="Fault">The kind of failure.</param>
    /// <param name="Reason">A code.</param>
    /// <param name="RetryAfter">The wait the endpoint asked for.</param>
    public sealed record Passing(PassingFault Fault, string Reason, TimeSpan? RetryAfter = null) : AttemptResult;
}
