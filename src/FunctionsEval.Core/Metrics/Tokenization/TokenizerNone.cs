namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary><c>none</c>: words between white space.</summary>
internal sealed class TokenizerNone : TranslationTokenizer
{
    /// <inheritdoc/>
    public override void Tokenize(ReadOnlySpan<char> segment, TextWorkspace workspace) => PythonText.Split(segment, workspace.Tokens);
}
