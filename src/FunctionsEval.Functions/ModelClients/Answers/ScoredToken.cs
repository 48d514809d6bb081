using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Functions.ModelClients.Answers;

/// <summary>A token of an answer with its log probability.</summary>
/// <param name="Text">Its text in UTF-8; null when it is not known.</param>
/// <param name="LogProbability">Natural log probability.</param>
internal readonly record struct ScoredToken(byte[]? Text, double LogProbability)
{
    /// <summary>
    /// The tokens that make up a text. What comes after them is the end token, or a stop sequence: some servers give its probability with
    /// an answer in one piece and leave it out of a streamed one, so it counts in neither. All of them where the text is not that of the
    /// tokens.
    /// </summary>
    /// <param name="tokens">The tokens that were written.</param>
    /// <param name="text">The answer's text, perhaps without white space at its ends.</param>
    public static IReadOnlyList<ScoredToken> ForText(IReadOnlyList<ScoredToken> tokens, string text)
    {
        if (tokens.Any(token => token.Text is null))
        {
            return tokens;
        }

        var wanted = System.Text.Encoding.UTF8.GetBytes(text);
        byte[] written = [.. tokens.SelectMany(token => token.Text!)];
        var from = written.AsSpan().StartsWith(wanted) ? 0 : LeadingWhiteSpace(written);
        if (!written.AsSpan(from).StartsWith(wanted))
        {
            return tokens;
        }

        int end = from + wanted.Length,
            count = 0;
        for (var length = 0; count < tokens.Count && length < end; count++)
        {
            length += tokens[count].Text!.Length;
        }

        return [.. tokens.Take(count)];
    }

    /// <summary>
    /// The tokens of an answer that follows reasoning; none where it is not known which they are, so that those of the reasoning do not
    /// count.
    /// </summary>
    /// <param name="tokens">The tokens that were written.</param>
    /// <param name="answer">The answer.</param>
    public static IReadOnlyList<ScoredToken> ForAnswer(IReadOnlyList<ScoredToken> tokens, string answer) =>
        tokens.All(token => token.Text is not null)
        && TokenText.FindAtEnd([.. tokens.Select(token => token.Text!)], answer) is var (first, count)
            ? [.. tokens.Skip(first).Take(count)]
            : [];

    private static int LeadingWhiteSpace(byte[] text) =>
        text.TakeWhile(value => value is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t').Count();
}
