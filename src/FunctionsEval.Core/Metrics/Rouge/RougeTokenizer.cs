using FunctionsEval.Core.Metrics.Tokenization;

namespace FunctionsEval.Core.Metrics.Rouge;

/// <summary>
/// How ROUGE cuts a text into tokens, always in lower case: as rouge_score does, which knows a–z and 0–9 alone, or as one of sacrebleu's
/// tokenizers does, which read every script.
/// </summary>
/// <param name="name">One of <see cref="Names"/>.</param>
/// <param name="useStemmer">Whether tokens of more than three characters are stemmed; for <see cref="Default"/> alone.</param>
internal sealed class RougeTokenizer(string name, bool useStemmer)
{
    /// <summary>The tokenizer of rouge_score: runs of a–z and 0–9.</summary>
    public const string Default = "default";

    private readonly TranslationTokenizer? _translation = name == Default ? null : TranslationTokenizer.ByName[name];

    /// <summary>The names that specs use.</summary>
    public static IReadOnlyList<string> Names { get; } = [Default, .. TranslationTokenizer.ByName.Keys];

    /// <summary>Its part of the metric's signature.</summary>
    public string Signature { get; } = $"stemmer:{(useStemmer ? "porter" : "no")}{(name == Default ? "" : $"|tokenizer:{name}")}";

    /// <summary>The tokens of a text.</summary>
    public List<string> Tokenize(string text)
    {
        var lower = PythonText.Lower(text);
        return _translation is null ? LatinWords(lower) : _translation.Tokenize(PythonText.TrimEnd(lower));
    }

    /// <summary>Whether a text has something to read, and this tokenizer finds none of it.</summary>
    public bool MissesAllOf(string text) =>
        _translation is null && !text.Any(char.IsAsciiLetterOrDigit) && !string.IsNullOrWhiteSpace(text);

    private List<string> LatinWords(string lower)
    {
        var tokens = new List<string>();
        var start = -1;
        for (var i = 0; i <= lower.Length; i++)
        {
            var isInside = i < lower.Length && lower[i] is (>= 'a' and <= 'z') or (>= '0' and <= '9');
            if (isInside && start < 0)
            {
                start = i;
            }
            else if (!isInside && start >= 0)
            {
                var token = lower[start..i];
                tokens.Add(useStemmer && token.Length > 3 ? PorterStemmer.Stem(token) : token);
                start = -1;
            }
        }

        return tokens;
    }
}
