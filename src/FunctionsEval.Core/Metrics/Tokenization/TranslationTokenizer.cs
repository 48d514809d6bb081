namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary>A tokenizer of sacrebleu 2.6.0.</summary>
internal abstract class TranslationTokenizer
{
    /// <summary>The tokenizers by the names that sacrebleu's <c>--tokenize</c> knows them by.</summary>
    public static readonly IReadOnlyDictionary<string, TranslationTokenizer> ByName = new Dictionary<string, TranslationTokenizer>(StringComparer.Ordinal)
    {
        ["13a"] = new Tokenizer13A(),
        ["intl"] = new TokenizerIntl(),
        ["char"] = new TokenizerChar(),
        ["none"] = new TokenizerNone(),
        ["zh"] = new TokenizerZh(),
    };

    /// <summary>The tokens of one segment.</summary>
    /// <param name="segment">The segment; white space at its end has been removed.</param>
    public abstract List<string> Tokenize(string segment);
}
