using System.Buffers;
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

    private static readonly SearchValues<char> LettersAndDigits = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    );

    private readonly TranslationTokenizer? _translation = name == Default ? null : TranslationTokenizer.ByName[name];

    /// <summary>The names that specs use.</summary>
    public static IReadOnlyList<string> Names { get; } = [Default, .. TranslationTokenizer.ByName.Keys];

    /// <summary>Its part of the metric's signature.</summary>
    public string Signature { get; } = $"stemmer:{(useStemmer ? "porter" : "no")}{(name == Default ? "" : $"|tokenizer:{name}")}";

    /// <summary>The tokens of a text.</summary>
    public List<string> Tokenize(string text)
    {
        var workspace = TextWorkspace.Current;
        workspace.Tokens.Clear();
        Tokenize(text, workspace);
        return workspace.Tokens.TextsOf(0);
    }

    /// <summary>Adds the tokens of a text as a sequence of their own.</summary>
    public void Tokenize(ReadOnlySpan<char> text, TextWorkspace workspace)
    {
        var lower = workspace.Lower(text);
        if (_translation is null)
        {
            AddLatinWords(lower, workspace);
        }
        else
        {
            _translation.Tokenize(PythonText.TrimEnd(lower), workspace);
        }

        workspace.Tokens.EndSequence();
    }

    /// <summary>Whether a text has something to read, and this tokenizer finds none of it.</summary>
    public bool MissesAllOf(string text) =>
        _translation is null && !text.AsSpan().ContainsAny(LettersAndDigits) && !string.IsNullOrWhiteSpace(text);

    private void AddLatinWords(ReadOnlySpan<char> lower, TextWorkspace workspace)
    {
        for (var start = 0; start < lower.Length; start++)
        {
            var end = start;
            while (end < lower.Length && lower[end] is (>= 'a' and <= 'z') or (>= '0' and <= '9'))
            {
                end++;
            }

            if (end > start)
            {
                AddToken(lower[start..end], workspace);
                start = end;
            }
        }
    }

    private void AddToken(ReadOnlySpan<char> token, TextWorkspace workspace)
    {
        if (useStemmer && token.Length > 3)
        {
            var stem = workspace.TakeText(token.Length);
            token.CopyTo(stem);
            token = PorterStemmer.Stem(stem);
        }

        workspace.Tokens.Add(token);
    }
}
