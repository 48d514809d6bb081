namespace FunctionsEval.Core.Parsing;

/// <summary>One token of an answer.</summary>
/// <param name="Text">Its text, see <see cref="TokenText"/>; empty for one that ends the answer.</param>
/// <param name="LogProbability">Its natural-log probability; −∞ where the endpoint gives none.</param>
/// <param name="TopLogProbabilities">The likeliest tokens in its place, itself included or not.</param>
public sealed record AnswerToken(string Text, double LogProbability, IReadOnlyList<TopLogProbability> TopLogProbabilities)
{
    /// <summary>How many top log probabilities an endpoint is asked for at each token; many allow fewer.</summary>
    public const int MaxTopLogProbabilities = 20;
}

/// <summary>One of the likeliest tokens in the place of a token.</summary>
/// <param name="Text">Its text.</param>
/// <param name="LogProbability">Its natural-log probability.</param>
public sealed record TopLogProbability(string Text, double LogProbability);
