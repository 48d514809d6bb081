using System.Text.RegularExpressions;

namespace FunctionsEval.Core.Parsing;

/// <summary>Compiles the regular expression of a spec.</summary>
internal static class AnswerPattern
{
    /// <summary>How long one match may take, for patterns that only the backtracking engine can run.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    /// <summary>Compiles for the engine whose time is linear in the text; patterns with lookarounds or back-references run on the backtracking one, under a timeout.</summary>
    /// <exception cref="RegexParseException">The pattern is not valid.</exception>
    public static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, Timeout);
        }
    }
}
