using System.Globalization;
using System.IO.Hashing;
using System.Text;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.LocalHost.Exports;

/// <summary>
/// Names as MLflow takes them: letters, digits, <c>_</c>, <c>-</c>, <c>.</c> and spaces, at most 250 characters, that are a path in normal
/// form. Slashes are allowed too, and are not used: a file store would make folders of them.
/// </summary>
internal static class MlflowNames
{
    private const int MaxLength = 250;

    /// <summary>The name of a number: the metric's, then its class, its slice, and in front the role of the baseline.</summary>
    public static string Of(MetricValue value)
    {
        var slice = value.Slice == MetricReport.AllSamples ? "" : "." + value.Slice;
        var role = value.Role == Roles.Candidate ? "" : value.Role + ".";
        return Clean(role + value.Name.TrimEnd(']').Replace('[', '.') + slice);
    }

    /// <summary>A name of which every other character is <c>_</c>; one that is too long is cut and ends in a hash.</summary>
    public static string Clean(string name)
    {
        var clean = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            clean.Append(
                rune.Value is '_' or '-' or '.' or ' ' || Rune.IsLetterOrDigit(rune) ? rune.ToString()
                : rune.Value == '=' ? "-"
                : "_"
            );
        }

        var text = clean.ToString().Trim(' ');
        text = text.StartsWith('.') ? "_" + text[1..] : text;
        if (text.Length <= MaxLength)
        {
            return text;
        }

        var hash = XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(name)).ToString("x16", CultureInfo.InvariantCulture);
        var end = MaxLength - hash.Length - 1;
        return $"{text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)]}-{hash}";
    }
}
