using System.Diagnostics.CodeAnalysis;

namespace FunctionsEval.Core.Parsing;

/// <summary>Integers of any length in one spelling each, so that equal values are equal texts.</summary>
internal static class IntegerText
{
    /// <summary>Reads an optional sign and ASCII digits: <c>+07</c> is <c>7</c>, <c>-0</c> is <c>0</c>.</summary>
    public static bool TryNormalize(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? integer)
    {
        integer = null;
        var isNegative = text.StartsWith("-");
        var digits = isNegative || text.StartsWith("+") ? text[1..] : text;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        digits = digits.TrimStart('0');
        integer =
            digits.IsEmpty ? "0"
            : isNegative ? $"-{digits}"
            : digits.ToString();
        return true;
    }
}
