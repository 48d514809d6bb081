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
    public override void Tokenize(ReadOnlySpan<char> segment, TextWorkspace workspace)
    {
        var text = options.CaseSensitive ? segment : workspace.Lower(segment);
        if (!options.Normalized && !options.NoPunct)
        {
            PythonText.Split(text, workspace.Tokens);
            return;
        }

        var copy = workspace.TakeText(text.Length);
        text.CopyTo(copy);
        AddWords(options.Normalized ? Unescape(copy) : copy, workspace.Tokens);
    }

    private static Span<char> Unescape(Span<char> text)
    {
        text = Replacement.Replace(text, "\n-", "");
        text.Replace('\n', ' ');
        return Replacement.Unescape(text);
    }

    /// <summary>Adds the words of a text, which are put together at its beginning: what is read is never behind what is written.</summary>
    private void AddWords(Span<char> text, TokenSequences tokens)
    {
        var punctuation = new WesternPunctuation(text, isPadded: true);
        var (start, written) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            // The reference means to split runs of kana too, but anchors those rules to the start of the text, where it leaves a space.
            var c = text[i];
            var isSetApart =
                options.Normalized && (punctuation.IsSetApart(i) || (options.AsianSupport && (IsIdeograph(c) || IsAsianPunctuation(c))));
            var isSpace = PythonText.IsWhiteSpace(c);
            if (isSetApart || isSpace || (options.Normalized && IsPossessive(text[i..])))
            {
                AddWord(text, start, written, tokens);
                start = written;
            }

            if (!isSpace && !IsRemoved(c))
            {
                text[written++] = c;
            }

            if (isSetApart)
            {
                AddWord(text, start, written, tokens);
                start = written;
            }
        }

        AddWord(text, start, written, tokens);
    }

    /// <summary>Whether the text begins with an 's at the end of a word.</summary>
    private static bool IsPossessive(ReadOnlySpan<char> text) =>
        text is ['\'', 's', ..] && (text.Length == 2 || text[2] == ' ' || WesternPunctuation.IsSymbol(text[2]));

    private bool IsRemoved(char c) =>
        options.NoPunct
        && (c is '.' or ',' or '?' or ':' or ';' or '!' or '"' or '(' or ')' || (options.AsianSupport && IsAsianPunctuation(c)));

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
