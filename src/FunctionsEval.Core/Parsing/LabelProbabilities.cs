namespace FunctionsEval.Core.Parsing;

/// <summary>
/// The probability of each label from the top log probabilities of an answer's tokens, read token by token from where the label begins. A
/// likely token whose text can only lead to one label gives that label its probability, on the condition of what was written before it. The
/// probability of a token that can lead to several labels is shared equally among them, unless it is the token that was chosen: then the
/// next token decides. The probability that no listed token accounts for (an endpoint lists at most the 20 likeliest) is shared equally
/// among the labels that no listed token leads to. None of these gets more than the least likely listed token, because it would be listed
/// otherwise. Probability that leads to no label is left out, and the rest is scaled to 1.
/// </summary>
/// <param name="spellings">The labels' spellings.</param>
internal sealed class LabelProbabilities(LabelSpellings spellings)
{
    /// <summary>What the sum of a whole distribution can miss of 1 by rounding.</summary>
    private const double Rounding = 1e-12;

    /// <summary>Reads the probabilities.</summary>
    /// <param name="tokens">The answer's tokens.</param>
    /// <param name="start">Where the label begins in the answer's text. If this is 0, white space or a quote before the label belongs to
    /// it.</param>
    /// <returns>The probabilities; null when the top log probabilities sum to 1 and none leads to a label.</returns>
    public LabelReading? Read(IReadOnlyList<AnswerToken> tokens, int start)
    {
        var shares = new LabelShares();
        var before = "";
        var path = 1.0;
        for (var index = 0; index < tokens.Count && path > 0; index++)
        {
            var text = TokenText.Join(before, tokens[index].Text);
            if (start == 0 || text.Length - TokenText.EscapesAtEnd(text) > start)
            {
                var position = new Position(before, start, tokens[index], path)
                {
                    IsEnd = tokens.Skip(index).All(token => token.Text.Length == 0),
                    IsLast = index == tokens.Count - 1,
                };
                if (ReadPosition(position, text, shares))
                {
                    break;
                }

                path *= Math.Exp(tokens[index].LogProbability);
            }

            before = text;
        }

        return shares.ToReading();
    }

    /// <summary>Reads the top log probabilities of one token.</summary>
    /// <returns>Whether it is known which label follows, or that none does.</returns>
    private bool ReadPosition(Position position, string text, LabelShares shares)
    {
        var token = position.Token;
        var led = new HashSet<string>(StringComparer.Ordinal);
        var own = Math.Exp(token.LogProbability);
        var (accounted, least) = (own, own > 0 ? own : 1);
        foreach (var top in token.TopLogProbabilities.Where(top => top.Text != token.Text))
        {
            var probability = Math.Exp(top.LogProbability);
            if (!(probability > 0))
            {
                continue;
            }

            (accounted, least) = (accounted + probability, Math.Min(least, probability));
            if (position.Continue(top.Text) is not { } continued)
            {
                continue;
            }

            if (top.Text.Length > 0 && spellings.IsOpening(continued))
            {
                shares.LeaveOut(position.Path * probability);
                continue;
            }

            var labels = top.Text.Length == 0 ? spellings.EndedAt(continued) : spellings.LedTo(continued);
            led.UnionWith(labels);
            shares.Add(labels, position.Path * probability);
        }

        var chosen = Choose(position, text[Math.Min(position.Start, text.Length)..]);
        var isOpen = chosen.Count > 1 && !position.IsLast && !position.IsEnd;
        if (own > 0)
        {
            led.UnionWith(chosen);
            shares.Add(isOpen ? [] : chosen, position.Path * own);
        }

        var possible = spellings.LedTo(position.Written);
        if (1 - accounted > Rounding && possible.Where(label => !led.Contains(label)).ToArray() is { Length: > 0 } unseen)
        {
            shares.AddUnseen(unseen, position.Path * Math.Min(1 - accounted, unseen.Length * least));
        }

        return !isOpen;
    }

    /// <summary>
    /// The labels that the chosen token leads to. The answer's end decides between a label and a longer one that begins alike; an answer
    /// that was cut leads on.
    /// </summary>
    private IReadOnlyList<string> Choose(Position position, string written)
    {
        var labels = spellings.LedTo(written);
        return labels.Count < 2 || !(position.IsLast || position.IsEnd) ? labels
            : spellings.EndedAt(written) is { Count: > 0 } ended ? ended
            : position.IsEnd || spellings.IsOpening(written) ? []
            : labels;
    }

    /// <summary>A token of an answer and what was written before it.</summary>
    /// <param name="Before">The answer's text before the token.</param>
    /// <param name="Start">Where in the answer's text the label begins.</param>
    /// <param name="Token">The token.</param>
    /// <param name="Path">The probability of what was written from the label's beginning.</param>
    private sealed record Position(string Before, int Start, AnswerToken Token, double Path)
    {
        /// <summary>Whether the token stands for the answer's end.</summary>
        public bool IsEnd { get; init; }

        /// <summary>Whether no token follows.</summary>
        public bool IsLast { get; init; }

        /// <summary>What is written of the label before the token.</summary>
        public string Written => Before.Length > Start ? Before[Start..] : "";

        /// <summary>
        /// The text from the label's beginning with another token; null when that token does not begin as the chosen one does before the
        /// label, white space aside.
        /// </summary>
        public string? Continue(string other)
        {
            if (Before.Length >= Start)
            {
                var text = TokenText.Join(Before, other);
                return text[Math.Min(Start, text.Length)..];
            }

            var at = 0;
            foreach (
                var character in TokenText.Join(Before, Token.Text)[Before.Length..Start].Where(character => !char.IsWhiteSpace(character))
            )
            {
                while (at < other.Length && char.IsWhiteSpace(other[at]))
                {
                    at++;
                }

                if (at == other.Length || other[at++] != character)
                {
                    return null;
                }
            }

            return other[at..];
        }
    }
}
