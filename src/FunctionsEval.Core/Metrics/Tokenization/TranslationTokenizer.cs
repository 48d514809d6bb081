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

    /// <summary>Adds the tokens of one segment to the sequence that is being read.</summary>
    /// <param name="segment">The segment; white space at its end has been removed.</param>
    /// <param name="workspace">Holds the sequence, and room for what is changed before it is split.</param>
    public abstract void Tokenize(ReadOnlySpan<char> segment, TextWorkspace workspace);

    /// <summary>The tokens of one segment.</summary>
    /// <param name="segment">The segment; white space at its end has been removed.</param>
    public List<string> Tokenize(string segment)
    {
        var workspace = TextWorkspace.Current;
        workspace.Tokens.Clear();
        Tokenize(segment, workspace);
        workspace.Tokens.EndSequence();
        return workspace.Tokens.TextsOf(0);
    }

    /// <summary>Adds what stands from one place to another, unless that is nothing.</summary>
    protected static void AddWord(ReadOnlySpan<char> text, int start, int end, TokenSequences tokens)
    {
        if (start < end)
        {
            tokens.Add(text[start..end]);
        }
    }
}
