namespace FunctionsEval.Core.Import;

/// <summary>A definition of another tool cannot become a spec. The message names every part that stands in the way.</summary>
public sealed class ImportException : Exception
{
    /// <summary>Creates an exception.</summary>
    /// <param name="message">What stands in the way, and what to do.</param>
    public ImportException(string message)
        : base(message)
    {
    }
}

/// <summary>What an import came to.</summary>
/// <param name="Spec">The text of <c>evaluation.json</c>.</param>
/// <param name="Notes">What is not quite the same, or is left to do.</param>
public sealed record ImportResult(string Spec, IReadOnlyList<string> Notes);
