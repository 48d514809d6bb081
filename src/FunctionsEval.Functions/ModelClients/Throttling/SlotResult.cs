namespace FunctionsEval.Functions.ModelClients.Throttling;

/// <summary>What a request's end shows about the endpoint's capacity.</summary>
internal enum SlotResult
{
    /// <summary>The endpoint did its work (an answer, or an error that is not about capacity).</summary>
    Served,

    /// <summary>The endpoint refused for lack of capacity.</summary>
    Throttled,

    /// <summary>Nothing can be learned from it (cancelled, timed out, connection lost).</summary>
    Unknown,
}
