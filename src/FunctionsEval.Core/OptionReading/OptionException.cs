namespace FunctionsEval.Core.OptionReading;

/// <summary>An option cannot be used. The message is for users: it names the option and the fix.</summary>
public sealed class OptionException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">Where the option stands, for example <c>metrics[2].tokenize</c>.</param>
    /// <param name="problem">What is wrong and the fix.</param>
    public OptionException(string path, string problem)
        : base($"{path}: {problem}")
    {
        Path = path;
        Problem = problem;
    }

    /// <summary>Where the option stands.</summary>
    public string Path { get; }

    /// <summary>What is wrong and the fix, without the path.</summary>
    public string Problem { get; }
}
