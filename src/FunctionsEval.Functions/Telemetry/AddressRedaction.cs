using System.Globalization;
using System.Text.RegularExpressions;

namespace FunctionsEval.Functions.Telemetry;

/// <summary>
/// Removes from addresses what may be a key: the query (<c>?code=</c>, <c>?sig=</c>, <c>?api-key=</c>), user name and password.
/// </summary>
internal static partial class AddressRedaction
{
    private const string Removed = "REDACTED";

    /// <summary>The text without queries and credentials of addresses in it. The same object where there is nothing to take out.</summary>
    /// <param name="text">The text.</param>
    /// <param name="secretPaths">Paths that are secrets, the longest first; null for none.</param>
    public static string Redact(string text, IReadOnlyList<string>? secretPaths = null)
    {
        foreach (var path in secretPaths ?? [])
        {
            text = text.Replace(path, "/" + Removed, StringComparison.OrdinalIgnoreCase);
        }

        if (text.Contains("://", StringComparison.Ordinal))
        {
            text = Credentials().Replace(text, Removed + "@");
        }

        return text.Contains('?', StringComparison.Ordinal) ? Query().Replace(text, "$1?" + Removed) : text;
    }

    /// <summary>A span's or a log record's attribute, whatever its type is.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="secretPaths">Paths that are secrets, the longest first; null for none.</param>
    /// <returns>The value itself where there is nothing to remove.</returns>
    public static object? Redact(string name, object? value, IReadOnlyList<string>? secretPaths = null)
    {
        // By convention this one is written without the question mark.
        if (name == "url.query")
        {
            return Removed;
        }

        if (value is null or (IConvertible and not string) or Array)
        {
            return value;
        }

        var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        var redacted = Redact(text, secretPaths);
        return ReferenceEquals(text, redacted) || text == redacted ? value : redacted;
    }

    [GeneratedRegex("""(?<=://)[^\s/?#@"'<>]+@""", RegexOptions.CultureInvariant)]
    private static partial Regex Credentials();

    /// <summary>Any query of an absolute address, and elsewhere what looks like one: ?name=value.</summary>
    [GeneratedRegex("""(://[^\s?"'<>]*)\?[^\s"'<>]*|\?[^\s?="'<>]+=[^\s"'<>]*""", RegexOptions.CultureInvariant)]
    private static partial Regex Query();
}
