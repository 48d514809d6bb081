namespace FunctionsEval.Core.Metrics.Words;

/// <summary>Cuts texts between characters: none that takes two UTF-16 units is torn apart.</summary>
public static class WholeText
{
    /// <summary>The length at which a text can be cut: the given one, or one less.</summary>
    /// <param name="text">The text, longer than <paramref name="length"/>.</param>
    /// <param name="length">Maximum length, from 1.</param>
    public static int LengthOf(string text, int length)
    {
        ArgumentNullException.ThrowIfNull(text);
        return char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
    }

    /// <summary>A text, cut with an ellipsis where it is longer.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxLength">Maximum length with the ellipsis, from 2.</param>
    public static string Cut(string text, int maxLength)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= maxLength ? text : text[..LengthOf(text, maxLength - 1)] + "…";
    }
}
