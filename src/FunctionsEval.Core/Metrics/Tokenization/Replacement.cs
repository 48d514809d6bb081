namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary>Substitutions that make a text no longer, in place.</summary>
internal static class Replacement
{
    /// <summary>
    /// Puts one text in the place of another, from left to right, as <c>str.replace</c> does; says how long the whole is then.
    /// </summary>
    /// <param name="text">The whole.</param>
    /// <param name="old">What is replaced.</param>
    /// <param name="replacement">What takes its place; no longer.</param>
    public static Span<char> Replace(Span<char> text, ReadOnlySpan<char> old, ReadOnlySpan<char> replacement)
    {
        var next = text.IndexOf(old);
        if (next < 0)
        {
            return text;
        }

        var (read, written) = (0, 0);
        while (next >= 0)
        {
            text.Slice(read, next).CopyTo(text[written..]);
            written += next;
            replacement.CopyTo(text[written..]);
            written += replacement.Length;
            read += next + old.Length;
            next = text[read..].IndexOf(old);
        }

        text[read..].CopyTo(text[written..]);
        return text[..(written + text.Length - read)];
    }

    /// <summary>Unescapes the four entities that mteval-v13a.pl knows, in its order.</summary>
    public static Span<char> Unescape(Span<char> text)
    {
        text = Replace(text, "&quot;", "\"");
        text = Replace(text, "&amp;", "&");
        text = Replace(text, "&lt;", "<");
        return Replace(text, "&gt;", ">");
    }
}
