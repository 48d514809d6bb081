namespace FunctionsEval.Core.Specs;

/// <summary>A spec cannot be used. The message is for users: it names the file, the field and the fix.</summary>
public sealed class SpecException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="fileName">Name of the spec.</param>
    /// <param name="path">JSON path of the field, for example <c>$.gate.rules[0].metric</c>.</param>
    /// <param name="problem">What is wrong and the fix.</param>
    public SpecException(string fileName, string path, string problem)
        : base($"{fileName}: {path}: {problem}")
    {
        FileName = fileName;
        Path = path;
        Problem = problem;
    }

    /// <summary>Name of the spec.</summary>
    public string FileName { get; }

    /// <summary>JSON path of the field; <c>$</c> for the document.</summary>
    public string Path { get; }

    /// <summary>What is wrong and the fix, without file and path.</summary>
    public string Problem { get; }
}
