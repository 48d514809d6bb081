using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Core.Tests.Parsing;

/// <summary>
/// A model of which everything is known: it answers with one of some texts, each spelt in given tokens with a given probability, and then
/// ends.
/// </summary>
/// <param name="answers">The answers: their tokens, and how likely each is; the probabilities add up to 1.</param>
internal sealed class LabelTokenModel(IReadOnlyList<(string[] Tokens, double Probability)> answers)
{
    /// <summary>The answer by the likeliest token at each position, as an endpoint gives it.</summary>
    /// <param name="count">How many top log probabilities it gives.</param>
    /// <param name="withEnd">Whether it gives the end a token.</param>
    public List<AnswerToken> Answer(int count, bool withEnd)
    {
        var tokens = new List<AnswerToken>();
        while (tokens.Count == 0 || tokens[^1].Text.Length > 0)
        {
            var possible = answers
                .Where(answer => answer.Tokens.Take(tokens.Count).SequenceEqual(tokens.Select(token => token.Text)))
                .ToList();
            var total = possible.Sum(answer => answer.Probability);
            var next = possible
                .GroupBy(answer => answer.Tokens.ElementAtOrDefault(tokens.Count) ?? "", StringComparer.Ordinal)
                .Select(group => new TopLogProbability(group.Key, Math.Log(group.Sum(answer => answer.Probability) / total)))
                .OrderByDescending(token => token.LogProbability)
                .ThenBy(token => token.Text, StringComparer.Ordinal)
                .ToList();
            tokens.Add(new AnswerToken(next[0].Text, next[0].LogProbability, [.. next.Take(count)]));
        }

        return withEnd ? tokens : tokens[..^1];
    }

    /// <summary>The exact probability of a text, however it is spelt, among the labels.</summary>
    public double Exact(string label, IReadOnlyCollection<string> labels)
    {
        var spelt = answers.Select(answer => (Text: string.Concat(answer.Tokens), answer.Probability)).ToList();
        return spelt.Where(answer => answer.Text == label).Sum(answer => answer.Probability)
            / spelt.Where(answer => labels.Contains(answer.Text)).Sum(answer => answer.Probability);
    }
}
