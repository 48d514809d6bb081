using System.Text;

namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary>The options of Tercom's normaliser, named and defaulted as in sacrebleu 2.6.0.</summary>
internal sealed record TercomOptions
{
    /// <summary>Whether punctuation is set apart and entities are unescaped. Default false.</summary>
    public bool Normalized { get; init; }

    /// <summary>Whether punctuation is removed. Default false.</summary>
    public bool NoPunct { get; init; }

    /// <summary>
    /// Whether East Asian characters are set apart (with <see cref="Normalized"/>) and their punctuation removed (with
    /// <see cref="NoPunct"/>). Default false.
    /// </summary>
    public bool AsianSupport { get; init; }

    /// <summary>Whether case is kept. Default false.</summary>
    public bool CaseSensitive { get; init; }
}

/// <summary>Tercom's tokenizer as sacrebleu has it: words between white space, after normalisation.</summary>
internal sealed class TokenizerTercom(TercomOptions options) : TranslationTokenizer
{
    /// <inheritdoc/>
    public override List<string> Tokenize(string segment)
    {
        var text = options.CaseSensitive ? segment : PythonText.Lower(segment);
        if (options.Normalized)
        {
            text = Normalize(text);
            if (options.AsianSupport)
            {
                // The reference means to split runs of kana too, but anchors those rules to the start of the text, where Normalize leaves a
                // space.
                text = WesternPunctuation.SurroundBySpaces(text, c => IsIdeograph(c) || IsAsianPunctuation(c));
            }
        }

        if (options.NoPunct)
        {
            text = Remove(
                text,
                c => c is '.' or ',' or '?' or ':' or ';' or '!' or '"' or '(' or ')' || (options.AsianSupport && IsAsianPunctuation(c))
            );
        }

        return PythonText.Split(text);
    }

    private static string Normalize(string text)
    {
        text = text.Replace("\n-", "", StringComparison.Ordinal)
            .Replace('\n', ' ')
            .Replace("&quot;", "\"", StringComparison.Ordinal)
            .Replace("&amp;", "&", StringComparison.Ordinal)
            .Replace("&lt;", "<", StringComparison.Ordinal)
            .Replace("&gt;", ">", StringComparison.Ordinal);
        text = WesternPunctuation.SeparateSymbols($" {text} ").Replace("'s ", " 's ", StringComparison.Ordinal);
        return WesternPunctuation.SeparateStopsAndDashes(text);
    }

    private static string Remove(string text, Func<char, bool> isRemoved)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!isRemoved(c))
            {
                kept.Append(c);
            }
        }

        return kept.ToString();
    }

    private static bool IsIdeograph(char c) =>
        c
            is (>= '\u4e00' and <= '\u9fff')
                or (>= '\u31c0' and <= '\u31ef')
                or (>= '\u2e80' and <= '\u2eff')
                or (>= '\u3200' and <= '\u4dbf')
                or (>= '\uf900' and <= '\ufaff')
                or (>= '\ufe30' and <= '\ufe4f');

    private static bool IsAsianPunctuation(char c) =>
        c
            is '\u3001'
                or '\u3002'
                or (>= '\u3008' and <= '\u3011')
                or (>= '\u3014' and <= '\u301f')
                or (>= '\uff61' and <= '\uff65')
                or '\u30fb'
                or '\uff0e'
                or '\uff0c'
                or '\uff1f'
                or '\uff1a'
                or '\uff1b'
                or '\uff01'
                or '\uff02'
                or '\uff08'
                or '\uff09';
}
