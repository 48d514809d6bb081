using System.Buffers;

namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary><c>13a</c>: NIST's mteval-v13a.pl, the default of WMT and sacrebleu.</summary>
internal sealed class Tokenizer13A : TranslationTokenizer
{
    private static readonly SearchValues<char> Unescaped = SearchValues.Create("<&\n");

    /// <inheritdoc/>
    public override void Tokenize(ReadOnlySpan<char> segment, TextWorkspace workspace)
    {
        var line = segment.ContainsAny(Unescaped) ? Unescape(segment, workspace) : segment;
        var punctuation = new WesternPunctuation(line, isPadded: true);
        var start = 0;
        for (var i = 0; i < line.Length; i++)
        {
            var isSetApart = punctuation.IsSetApart(i);
            if (isSetApart || PythonText.IsWhiteSpace(line[i]))
            {
                AddWord(line, start, i, workspace.Tokens);
                AddWord(line, isSetApart ? i : i + 1, i + 1, workspace.Tokens);
                start = i + 1;
            }
        }

        AddWord(line, start, line.Length, workspace.Tokens);
    }

    private static ReadOnlySpan<char> Unescape(ReadOnlySpan<char> segment, TextWorkspace workspace)
    {
        var text = workspace.TakeText(segment.Length);
        segment.CopyTo(text);
        text = Replacement.Replace(text, "<skipped>", "");
        text = Replacement.Replace(text, "-\n", "");
        text.Replace('\n', ' ');
        return Replacement.Unescape(text);
    }
}
