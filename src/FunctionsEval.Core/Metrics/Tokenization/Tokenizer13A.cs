namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary><c>13a</c>: NIST's mteval-v13a.pl, the default of WMT and sacrebleu.</summary>
internal sealed class Tokenizer13A : TranslationTokenizer
{
    /// <inheritdoc/>
    public override List<string> Tokenize(string segment)
    {
        var line = segment
            .Replace("<skipped>", "", StringComparison.Ordinal)
            .Replace("-\n", "", StringComparison.Ordinal)
            .Replace('\n', ' ')
            .Replace("&quot;", "\"", StringComparison.Ordinal)
            .Replace("&amp;", "&", StringComparison.Ordinal)
            .Replace("&lt;", "<", StringComparison.Ordinal)
            .Replace("&gt;", ">", StringComparison.Ordinal);
        return PythonText.Split(WesternPunctuation.SeparateStopsAndDashes(WesternPunctuation.SeparateSymbols($" {line} ")));
    }
}
