using System.Buffers;
using System.Text;

namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary>The English articles.</summary>
internal static class Articles
{
    /// <summary>
    /// Puts a space in the place of each article, as <c>re.sub(r"\b(a|an|the)\b", " ", text)</c> does; lower-case ones only.
    /// </summary>
    public static string Remove(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; )
        {
            var article = LengthAt(text, i);
            result.Append(article == 0 ? text[i] : ' ');
            i += Math.Max(article, 1);
        }

        return result.ToString();
    }

    /// <summary>How long the lower-case article is that stands at a place as a word of its own; 0 where none does.</summary>
    public static int LengthAt(ReadOnlySpan<char> text, int i)
    {
        if (text[i] is not ('a' or 't') || IsWordBefore(text[..i]))
        {
            return 0;
        }

        var rest = text[i..];
        return text[i] == 'a' && !IsWordAt(rest[1..]) ? 1
            : rest is ['a', 'n', ..] && !IsWordAt(rest[2..]) ? 2
            : rest is ['t', 'h', 'e', ..] && !IsWordAt(rest[3..]) ? 3
            : 0;
    }

    private static bool IsWordBefore(ReadOnlySpan<char> text) =>
        Rune.DecodeLastFromUtf16(text, out var rune, out _) == OperationStatus.Done && PythonText.IsWord(rune);

    private static bool IsWordAt(ReadOnlySpan<char> text) =>
        Rune.DecodeFromUtf16(text, out var rune, out _) == OperationStatus.Done && PythonText.IsWord(rune);
}
