using FunctionsEval.Core.Buffers;
using FunctionsEval.Core.Metrics.Rouge;
using FunctionsEval.Core.Metrics.Ter;

namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary>
/// What a thread measures texts with, one sample after the other. It is not kept between calls: who takes it fills it first.
/// </summary>
internal sealed class TextWorkspace
{
    [ThreadStatic]
    private static TextWorkspace? _current;

    private ReusedBuffer<char> _lower;
    private ReusedBuffer<char> _text;
    private ReusedBuffer<int> _counts;

    /// <summary>The workspace of this thread.</summary>
    public static TextWorkspace Current => _current ??= new TextWorkspace();

    /// <summary>The tokens of the texts that are compared.</summary>
    public TokenSequences Tokens { get; } = new();

    /// <summary>N-grams in common.</summary>
    public NgramMatches Ngrams { get; } = new();

    /// <summary>Subsequences in common.</summary>
    public LongestCommonSubsequence Common { get; } = new();

    /// <summary>Texts that are compared line by line.</summary>
    public SummaryScorer Summaries { get; } = new();

    /// <summary>Edits and shifts.</summary>
    public TercomAlignment Tercom { get; } = new();

    /// <summary>The text in lower case, until the next one is asked for.</summary>
    public ReadOnlySpan<char> Lower(ReadOnlySpan<char> text) => PythonText.Lower(text, ref _lower);

    /// <summary>Room for a text that a tokenizer changes.</summary>
    public Span<char> TakeText(int length) => _text.Take(length);

    /// <summary>A 0 for each of so many tokens.</summary>
    public Span<int> TakeCounts(int length) => _counts.TakeCleared(length);
}
