using System.Globalization;
using System.Text.RegularExpressions;

namespace FunctionsEval.Core.Results;

/// <summary>
/// Makes foreign texts safe in tables that a spreadsheet opens: a spreadsheet takes a cell that begins like a formula for one.
/// </summary>
public static partial class SpreadsheetText
{
    /// <summary>What a formula begins with: in plain, full and small width.</summary>
    private const string Signs = "=+-@\uFF1D\uFF0B\uFF0D\uFF20\uFE66\uFE62\uFE63\uFE6B";

    /// <summary>
    /// The text, led by an apostrophe where a spreadsheet would take it for a formula: where <c>=</c>, <c>+</c>, <c>-</c> or <c>@</c>, of
    /// any width, is its first character that can be seen, and where it begins with a tab or a line's end, which spreadsheets leave out. A
    /// number stays as it is.
    /// </summary>
    /// <remarks>The characters are those of OWASP's page “CSV Injection”.</remarks>
    public static string Disarm(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IsFormula(text) ? "'" + text : text;
    }

    private static bool IsFormula(string text)
    {
        if (text.Length == 0 || Number().IsMatch(text))
        {
            return false;
        }

        if (text[0] is '\t' or '\r' or '\n')
        {
            return true;
        }

        return Signs.Contains(text.FirstOrDefault(character => !IsUnseen(character)), StringComparison.Ordinal);
    }

    private static bool IsUnseen(char character) =>
        char.IsWhiteSpace(character) || char.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.Format;

    /// <summary>Nothing but a sign, digits with their separators, and an exponent: no spreadsheet computes anything of it.</summary>
    [GeneratedRegex(@"\A[+-]?(?:[0-9][0-9.,]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
