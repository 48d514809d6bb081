namespace FunctionsEval.Core.Results;

/// <summary>The runs that were started before one that has not begun, and have not ended: why it waits.</summary>
/// <param name="Running">How many of them are under way.</param>
/// <param name="Waiting">How many of them have not begun either.</param>
/// <param name="IsMore">Whether there may be more: only so many open runs are looked at. Null where all were.</param>
public sealed record RunsBefore(int Running, int Waiting, bool? IsMore = null);
