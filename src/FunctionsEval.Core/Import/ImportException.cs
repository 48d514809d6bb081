namespace FunctionsEval.Core.Import;

/// <summary>A definition of another tool cannot become a spec. The message names every part that stands in the way.</summary>
public sealed class ImportException : Exception
{
    /// <summary>Creates an exception.</summary>
    /// <param name="message">What stands in the way, and what to do.</param>
    public ImportException(string message)
        : base(message) { }
}
