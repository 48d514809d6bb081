namespace FunctionsEval.Core.Predictions;

/// <summary>A line is no answer that can be scored. The message names the field and the fix, never the line's text.</summary>
public sealed class PredictionException : Exception
{
    /// <summary>Creates an exception.</summary>
    /// <param name="line">Number of the line, from 1.</param>
    /// <param name="message">What is wrong, and the fix.</param>
    /// <param name="column">Character of the line, from 1; null when it has no single place.</param>
    public PredictionException(int line, string message, int? column = null)
        : base(message)
    {
        Line = line;
        Column = column;
    }

    /// <summary>Number of the line, from 1.</summary>
    public int Line { get; }

    /// <summary>Character of the line, from 1; null when the problem has no single place.</summary>
    public int? Column { get; }
}
