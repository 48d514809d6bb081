namespace FunctionsEval.Functions.ModelClients.Protocols;

/// <summary>
/// What one model's endpoint has been found to refuse. It is found once in a process, by the first refusal, and shared by all calls.
/// </summary>
internal sealed class EndpointQuirks
{
    private int _current;

    /// <summary>What is known at this moment.</summary>
    public Quirks Current => (Quirks)Volatile.Read(ref _current);

    /// <summary>Adds to what is known.</summary>
    /// <returns>False when it was known before.</returns>
    public bool Add(Quirks found) => ((Quirks)Interlocked.Or(ref _current, (int)found) & found) != found;
}
