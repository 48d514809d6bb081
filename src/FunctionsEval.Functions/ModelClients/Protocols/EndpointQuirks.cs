namespace FunctionsEval.Functions.ModelClients.Protocols;

/// <summary>
/// The quirks found in one model's endpoint. The first refusal in a process reveals each, and all calls share them.
/// </summary>
internal sealed class EndpointQuirks
{
    private int _current;

    /// <summary>The quirks known now.</summary>
    public Quirks Current => (Quirks)Volatile.Read(ref _current);

    /// <summary>Adds quirks.</summary>
    /// <returns>False when they were known before.</returns>
    public bool Add(Quirks found) => ((Quirks)Interlocked.Or(ref _current, (int)found) & found) != found;
}
