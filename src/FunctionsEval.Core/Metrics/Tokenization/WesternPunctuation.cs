using System.Runtime.CompilerServices;

namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary>
/// The rules by which NIST's mteval-v13a.pl sets punctuation apart; sacrebleu's 13a and zh tokenizers and its TER normaliser share them.
/// Each rule there is a global substitution: symbols; a full stop or comma after anything but a digit; one before anything but a digit; a
/// dash after a digit. Together they set a character apart or not by its neighbours alone, so that a text is read once.
/// </summary>
/// <param name="text">The text.</param>
/// <param name="isPadded">Whether the rules see a space before and after the text; else nothing.</param>
internal ref struct WesternPunctuation(ReadOnlySpan<char> text, bool isPadded)
{
    private readonly ReadOnlySpan<char> _text = text;

    // The first rule takes a full stop together with the character before it, so that the next stop is not after that one.
    private bool _isTaken;

    /// <summary>ASCII symbols without the apostrophe, comma, dash and full stop.</summary>
    public static bool IsSymbol(char c) =>
        c is (>= '{' and <= '~') or (>= '[' and <= '`') or (>= '!' and <= '&') or (>= '(' and <= '+') or (>= ':' and <= '@') or '/';

    /// <summary>Whether the character at a place is a token of its own. Must be asked of each place in turn.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsSetApart(int i)
    {
        var c = _text[i];
        if (char.IsBetween(c, 'a', 'z') || char.IsBetween(c, '0', '9'))
        {
            _isTaken = false;
            return false;
        }

        return IsPunctuationSetApart(i, c);
    }

    private bool IsPunctuationSetApart(int i, char c)
    {
        var wasTaken = _isTaken;
        _isTaken = false;
        if (c is '.' or ',')
        {
            _isTaken = !wasTaken && (i > 0 ? !char.IsAsciiDigit(_text[i - 1]) : isPadded);
            return _isTaken || (i + 1 < _text.Length ? !char.IsAsciiDigit(_text[i + 1]) : isPadded);
        }

        return c == '-' ? i > 0 && char.IsAsciiDigit(_text[i - 1]) : IsSymbol(c);
    }
}
