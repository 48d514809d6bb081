namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary><c>none</c>: words between white space.</summary>
internal sealed class TokenizerNone : TranslationTokenizer
{
    /// <inheritdoc/>
    public override List<string> Tokenize(string segment) => PythonText.Split(segment);
}
