namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary>A tokenizer of sacrebleu 2.6.0.</summary>
internal abstract class TranslationTokenizer
{
    /// <summary>The tokenizers by the names that sacrebleu's <c>--tokenize</c> knows them by.</summary>
    public static readonly IReadOnlyDictionary<string, TranslationTokenizer> ByName = new Dictionary<string, TranslationTokenizer>(
        StringComparer.Ordinal
    )
    {
        ["13a"] = new Tokenizer13A(),
        ["intl"] = new TokenizerIntl(),
        ["char"] = new TokenizerChar(),
        ["none"] = new TokenizerNone(),
        ["zh"] = new TokenizerZh(),
    };

    /// <summary>Tokenizers that sacrebleu has and that are not offered, with the reason and what to take instead.</summary>
    public static readonly IReadOnlyDictionary<string, string> NotOffered = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["ja-mecab"] = "needs MeCab and a dictionary of Japanese; take \"char\", or compute it with sacrebleu from samples.jsonl",
        ["ko-mecab"] = "needs MeCab and a dictionary of Korean; take \"char\", or compute it with sacrebleu from samples.jsonl",
        ["flores101"] =
            "needs a SentencePiece model that sacrebleu downloads; take \"char\", or compute it with sacrebleu from samples.jsonl",
        ["flores200"] =
            "needs a SentencePiece model that sacrebleu downloads; take \"char\", or compute it with sacrebleu from samples.jsonl",
        ["spm"] = "needs a SentencePiece model that sacrebleu downloads; take \"char\", or compute it with sacrebleu from samples.jsonl",
        ["spBLEU-1K"] =
            "needs a SentencePiece model that sacrebleu downloads; take \"char\", or compute it with sacrebleu from samples.jsonl",
    };

    /// <summary>The tokens of one segment.</summary>
    /// <param name="segment">The segment; white space at its end has been removed.</param>
    public abstract List<string> Tokenize(string segment);
}
