using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace FunctionsEval.Core.Parsing;

/// <summary>
/// The regular expressions of a spec. Both engines have a time limit for one match. A caller that goes from match to match counts the time
/// of all of them, because an engine that is linear in the text for one match is not linear for many matches.
/// </summary>
internal static class AnswerPattern
{
    /// <summary>How long one match may take, and all matches in one text together.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(TimeoutMilliseconds);

    /// <summary>The same for patterns that are generated.</summary>
    public const int TimeoutMilliseconds = 1000;

    /// <summary>
    /// Maximum number of states for the engine without backtracking: it keeps them, and the transitions between them, in memory.
    /// </summary>
    private const int MaxStates = 2_000;

    static AnswerPattern() => AppContext.SetData("REGEX_NONBACKTRACKING_MAX_AUTOMATA_SIZE", MaxStates);

    /// <summary>
    /// Compiles for the engine that does not backtrack; patterns with lookarounds, back-references or very many repetitions run on the
    /// other one.
    /// </summary>
    /// <exception cref="RegexParseException">The pattern is not valid.</exception>
    public static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, Timeout);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, Timeout);
        }
    }

    /// <summary>
    /// Reads a text by patterns, and once more when it took too long: a process that waits for a processor cannot be told from a slow
    /// pattern.
    /// </summary>
    /// <param name="read">Reads the text.</param>
    /// <param name="late">The result for a text that takes too long both times.</param>
    public static T ReadInTime<T>(Func<T> read, T late)
    {
        try
        {
            return read();
        }
        catch (RegexMatchTimeoutException)
        {
            // The second try decides.
        }

        try
        {
            return read();
        }
        catch (RegexMatchTimeoutException)
        {
            return late;
        }
    }

    /// <summary>All matches, one after another.</summary>
    /// <exception cref="RegexMatchTimeoutException">They take too long.</exception>
    public static IEnumerable<Match> Matches(Regex pattern, string text)
    {
        var started = Stopwatch.GetTimestamp();
        for (var match = pattern.Match(text); match.Success; match = match.NextMatch())
        {
            yield return Stopwatch.GetElapsedTime(started) <= Timeout ? match : throw new RegexMatchTimeoutException();
        }
    }

    /// <summary>The text without its matches; null when they take too long to find.</summary>
    public static string? Remove(Regex pattern, string text) => ReadInTime(() => RemoveMatches(pattern, text), late: null);

    private static string? RemoveMatches(Regex pattern, string text)
    {
        var kept = new StringBuilder();
        var end = 0;
        foreach (var match in Matches(pattern, text))
        {
            kept.Append(text, end, match.Index - end);
            end = match.Index + match.Length;
        }

        return end == 0 && kept.Length == 0 ? text : kept.Append(text, end, text.Length - end).ToString();
    }

    /// <summary>The first match; null when there is none, or it does not come in time.</summary>
    public static Match? Find(Regex pattern, string text) =>
        ReadInTime(() => pattern.Match(text) is { Success: true } match ? match : null, late: null);
}
