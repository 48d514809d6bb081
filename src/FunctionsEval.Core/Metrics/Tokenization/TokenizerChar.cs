namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary><c>char</c>: every code point that is not white space.</summary>
internal sealed class TokenizerChar : TranslationTokenizer
{
    /// <inheritdoc/>
    public override List<string> Tokenize(string segment)
    {
        var tokens = new List<string>(segment.Length);
        for (var i = 0; i < segment.Length; i++)
        {
            var length = i + 1 < segment.Length && char.IsSurrogatePair(segment[i], segment[i + 1]) ? 2 : 1;
            if (!PythonText.IsWhiteSpace(segment[i]))
            {
                tokens.Add(segment.Substring(i, length));
            }

            i += length - 1;
        }

        return tokens;
    }
}
