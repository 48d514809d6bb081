namespace FunctionsEval.Functions.ModelClients;

/// <summary>Why an attempt failed that may succeed when repeated.</summary>
internal enum TransientFault
{
    /// <summary>429: too many requests or tokens.</summary>
    Throttled,

    /// <summary>503 or 529: no capacity at the moment.</summary>
    Overloaded,

    /// <summary>Another server error, a broken connection, or a body of which nothing can be read.</summary>
    Broken,

    /// <summary>424: the gateway is reachable, but the model behind it failed.</summary>
    ModelFailed,

    /// <summary>403: the key may not do this, or a filter in between does not let this prompt through.</summary>
    Denied,

    /// <summary>An answer that breaks off or is unusable. It was paid for.</summary>
    Unusable,

    /// <summary>No answer in time. It may have been paid for.</summary>
    TimedOut,

    /// <summary>No connection.</summary>
    Unreachable,

    /// <summary>The service that gives tokens for the app's identity does not answer.</summary>
    NoIdentityToken,

    /// <summary>The app has no identity.</summary>
    NoIdentity,
}
