using System.Text;

namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary>The English articles.</summary>
internal static class Articles
{
    private static readonly string[] Words = ["a", "an", "the"];

    /// <summary>
    /// Puts a space in the place of each article, as <c>re.sub(r"\b(a|an|the)\b", " ", text)</c> does; lower-case ones only.
    /// </summary>
    public static string Remove(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; )
        {
            var article = Array.Find(
                Words,
                word =>
                    string.CompareOrdinal(text, i, word, 0, word.Length) == 0 && !IsWordBefore(text, i) && !IsWordAt(text, i + word.Length)
            );
            if (article is null)
            {
                result.Append(text[i++]);
            }
            else
            {
                result.Append(' ');
                i += article.Length;
            }
        }

        return result.ToString();
    }

    private static bool IsWordBefore(string text, int i) =>
        Rune.DecodeLastFromUtf16(text.AsSpan(0, i), out var rune, out _) == System.Buffers.OperationStatus.Done && PythonText.IsWord(rune);

    private static bool IsWordAt(string text, int i) =>
        Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out _) == System.Buffers.OperationStatus.Done && PythonText.IsWord(rune);
}
