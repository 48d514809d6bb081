namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary><c>zh</c>: Chinese characters one by one, the rest by the rules of 13a without its unescaping.</summary>
internal sealed class TokenizerZh : TranslationTokenizer
{
    /// <inheritdoc/>
    public override void Tokenize(ReadOnlySpan<char> segment, TextWorkspace workspace)
    {
        var text = PythonText.TrimStart(PythonText.TrimEnd(segment));
        var punctuation = new WesternPunctuation(text, isPadded: false);
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            // A character of white space counts as Chinese, too, and is no token.
            var isSpace = PythonText.IsWhiteSpace(text[i]);
            if (punctuation.IsSetApart(i) || isSpace || IsChinese(text[i]))
            {
                AddWord(text, start, i, workspace.Tokens);
                AddWord(text, isSpace ? i + 1 : i, i + 1, workspace.Tokens);
                start = i + 1;
            }
        }

        AddWord(text, start, text.Length, workspace.Tokens);
    }

    /// <summary>
    /// The ranges of sacrebleu. It means U+20000–2A6D6 and U+2F800–2FA1D as well, but its four-digit escapes make them
    /// U+2001–2A6D and U+2F81–2FA1, so general punctuation counts as Chinese and the supplementary planes do not.
    /// </summary>
    private static bool IsChinese(char c) =>
        c
            is (>= '\u3400' and <= '\u4db5')
                or (>= '\u4e00' and <= '\u9fbb')
                or (>= '\uf900' and <= '\ufa2d')
                or (>= '\ufa30' and <= '\ufa6a')
                or (>= '\ufa70' and <= '\ufad9')
                or (>= '\u2001' and <= '\u2a6d')
                or (>= '\uff00' and <= '\uffef')
                or (>= '\u2e80' and <= '\u2fdf')
                or (>= '\u2ff0' and <= '\u303f')
                or (>= '\u3100' and <= '\u312f')
                or (>= '\u31a0' and <= '\u31bf')
                or (>= '\u31c0' and <= '\u31ef')
                or (>= '\u3200' and <= '\u33ff')
                or (>= '\ufe10' and <= '\ufe1f')
                or (>= '\ufe30' and <= '\ufe4f');
}
