namespace FunctionsEval.Core.Parsing;

/// <summary>One token of an answer.</summary>
/// <param name="Text">Its text, see <see cref="TokenText"/>; empty for one that ends the answer.</param>
/// <param name="LogProbability">Its natural-log probability; −∞ where the endpoint gives none.</param>
/// <param name="TopLogProbabilities">The likeliest tokens at its position, with or without itself.</param>
public sealed record AnswerToken(string Text, double LogProbability, IReadOnlyList<TopLogProbability> TopLogProbabilities)
{
    /// <summary>How many top log probabilities of a token are requested; many endpoints allow fewer.</summary>
    public const int MaxTopLogProbabilities = 20;
}

/// <summary>A likely token at a position of the answer.</summary>
/// <param name="Text">Its text.</param>
/// <param name="LogProbability">Its natural-log probability.</param>
public sealed record TopLogProbability(string Text, double LogProbability);
