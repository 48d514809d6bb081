using System.Globalization;
using System.Text;

namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary>
/// <c>intl</c>: mteval-v14.pl --international-tokenization: punctuation is set apart unless it stands between numbers, symbols
/// always; nothing is unescaped, and a full stop at the very end after a number stays with it. The rules are substitutions one after the
/// other, as in <see cref="WesternPunctuation"/>: punctuation after anything but a number, punctuation before anything but a number.
/// </summary>
internal sealed class TokenizerIntl : TranslationTokenizer
{
    private enum Kind
    {
        Other,
        Number,
        Punctuation,
        Symbol,
    }

    /// <inheritdoc/>
    public override void Tokenize(ReadOnlySpan<char> segment, TextWorkspace workspace)
    {
        var (start, isTaken, before) = (0, false, Kind.Number);
        var kind = Read(segment, 0, out var length);
        for (var i = 0; i < segment.Length; )
        {
            var next = Read(segment, i + length, out var nextLength);
            isTaken = kind == Kind.Punctuation && !isTaken && before != Kind.Number;
            var isSetApart = kind == Kind.Symbol || (kind == Kind.Punctuation && (isTaken || next != Kind.Number));
            if (isSetApart || PythonText.IsWhiteSpace(segment[i]))
            {
                AddWord(segment, start, i, workspace.Tokens);
                start = i + length;
                if (isSetApart)
                {
                    workspace.Tokens.Add(IsLoneSurrogate(segment, i, length) ? "\ufffd" : segment[i..start]);
                }
            }

            i += length;
            (before, kind, length) = (kind, next, nextLength);
        }

        AddWord(segment, start, segment.Length, workspace.Tokens);
    }

    /// <summary>The kind of a code point. Nothing before and after the text counts as a number does: it sets nothing apart.</summary>
    private static Kind Read(ReadOnlySpan<char> text, int i, out int length)
    {
        if (i >= text.Length)
        {
            length = 0;
            return Kind.Number;
        }

        // A surrogate without its partner is read as U+FFFD, a symbol.
        Rune.DecodeFromUtf16(text[i..], out var rune, out length);
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            UnicodeCategory.ConnectorPunctuation
            or UnicodeCategory.DashPunctuation
            or UnicodeCategory.OpenPunctuation
            or UnicodeCategory.ClosePunctuation
            or UnicodeCategory.InitialQuotePunctuation
            or UnicodeCategory.FinalQuotePunctuation
            or UnicodeCategory.OtherPunctuation => Kind.Punctuation,
            UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol or UnicodeCategory.ModifierSymbol or UnicodeCategory.OtherSymbol =>
                Kind.Symbol,
            _ => Kind.Other,
        };
    }

    private static bool IsLoneSurrogate(ReadOnlySpan<char> text, int i, int length) => length == 1 && char.IsSurrogate(text[i]);
}
