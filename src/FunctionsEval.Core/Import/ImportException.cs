namespace FunctionsEval.Core.Import;

/// <summary>A definition of another tool cannot become a spec. The message names every unsupported part.</summary>
public sealed class ImportException : Exception
{
    /// <summary>Creates an exception.</summary>
    /// <param name="message">Which parts are unsupported, and the fix.</param>
    public ImportException(string message)
        : base(message) { }
}
