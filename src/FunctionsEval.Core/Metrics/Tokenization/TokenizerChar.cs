namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary><c>char</c>: every code point that is not white space.</summary>
internal sealed class TokenizerChar : TranslationTokenizer
{
    /// <inheritdoc/>
    public override void Tokenize(ReadOnlySpan<char> segment, TextWorkspace workspace)
    {
        for (var i = 0; i < segment.Length; i++)
        {
            if (i + 1 < segment.Length && char.IsSurrogatePair(segment[i], segment[i + 1]))
            {
                workspace.Tokens.Add(segment.Slice(i++, 2));
            }
            else if (!PythonText.IsWhiteSpace(segment[i]))
            {
                workspace.Tokens.Add(segment.Slice(i, 1));
            }
        }
    }
}
