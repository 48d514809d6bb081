namespace FunctionsEval.Core.Parsing.Values;

/// <summary>
/// What the text of an answer stands for: a set of labels, a number. It has one canonical text, in which references and predictions are
/// logged, so that equal values are equal texts. Safe for concurrent use.
/// </summary>
internal abstract class AnswerValue
{
    /// <summary>Whether a list in a JSON field is such a value.</summary>
    public virtual bool TakesLists => false;

    /// <summary>Reads a text strictly, in the notation that the spec states.</summary>
    /// <param name="text">The text.</param>
    public abstract ParseResult Read(string text);

    /// <summary>Reads a text whatever stands around the value; null when there is none, or several.</summary>
    /// <param name="text">The text.</param>
    public abstract string? ReadLeniently(string text);

    /// <summary>Reads a canonical text, whatever notation the spec states; null for any other text.</summary>
    /// <param name="text">The text.</param>
    public abstract string? ReadCanonical(string text);
}
