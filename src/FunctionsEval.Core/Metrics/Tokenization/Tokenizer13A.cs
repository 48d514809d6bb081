using System.Buffers;

namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary><c>13a</c>: NIST's mteval-v13a.pl, the default of WMT and sacrebleu.</summary>
internal sealed class Tokenizer13A : TranslationTokenizer
{
    private static readonly SearchValues<char> Unescaped = SearchValues.Create("<&\n");

    /// <inheritdoc/>
    public override List<string> Tokenize(string segment)
    {
        var line = segment.AsSpan().ContainsAny(Unescaped) ? Unescape(segment) : segment;
        return PythonText.Split(WesternPunctuation.SeparateStopsAndDashes(WesternPunctuation.SeparateSymbols($" {line} ")));
    }

    private static string Unescape(string segment) =>
        segment
            .Replace("<skipped>", "", StringComparison.Ordinal)
            .Replace("-\n", "", StringComparison.Ordinal)
            .Replace('\n', ' ')
            .Replace("&quot;", "\"", StringComparison.Ordinal)
            .Replace("&amp;", "&", StringComparison.Ordinal)
            .Replace("&lt;", "<", StringComparison.Ordinal)
            .Replace("&gt;", ">", StringComparison.Ordinal);
}
