namespace FunctionsEval.Core.Parsing;

/// <summary>One token of an answer.</summary>
/// <param name="Text">Its text, see <see cref="TokenText"/>; empty for one that ends the answer.</param>
/// <param name="LogProbability">Its natural-log probability; −∞ where the endpoint gives none.</param>
/// <param name="Alternatives">The likeliest tokens in its place, itself included or not.</param>
public sealed record AnswerToken(string Text, double LogProbability, IReadOnlyList<TokenAlternative> Alternatives)
{
    /// <summary>How many alternatives to a token an endpoint is asked for; many allow fewer.</summary>
    public const int MaxAlternatives = 20;
}

/// <summary>A token that could have stood in the place of another.</summary>
/// <param name="Text">Its text.</param>
/// <param name="LogProbability">Its natural-log probability.</param>
public sealed record TokenAlternative(string Text, double LogProbability);
