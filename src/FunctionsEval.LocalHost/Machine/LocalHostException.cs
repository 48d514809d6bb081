namespace FunctionsEval.LocalHost.Machine;

/// <summary>The local host cannot start or go on. The message is written for the person at the terminal: it says what to do.</summary>
public sealed class LocalHostException : Exception
{
    /// <summary>Creates the exception.</summary>
    public LocalHostException(string message)
        : base(message) { }

    /// <summary>Creates the exception.</summary>
    public LocalHostException(string message, Exception innerException)
        : base(message, innerException) { }
}
