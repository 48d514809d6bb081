namespace FunctionsEval.Core.Prompts;

/// <summary>A template fails on a row. The message names the variable or the rule that was broken, never the row's text.</summary>
public sealed class PromptException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="variable">The variable that the row does not define; null when the problem is another one.</param>
    public PromptException(string message, string? variable = null)
        : base(message) => Variable = variable;

    /// <summary>The variable that the row does not define; null when the problem is another one.</summary>
    public string? Variable { get; }
}
