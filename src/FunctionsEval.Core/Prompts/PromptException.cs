using FunctionsEval.Core.OptionReading;

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

    /// <summary>The row does not define a variable.</summary>
    /// <param name="variable">Its name in the template.</param>
    internal static PromptException Undefined(string variable) =>
        new(
            $"The row does not define the variable {NearestName.Shown(variable)}. Add the field to the row, or name one that every row has in the spec's `prompt`.",
            variable
        );
}
