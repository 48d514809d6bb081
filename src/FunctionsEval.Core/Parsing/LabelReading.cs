namespace FunctionsEval.Core.Parsing;

/// <summary>What an answer's tokens say of the labels' probabilities.</summary>
/// <param name="Probabilities">Probabilities above 0 by label, adding up to 1.</param>
/// <param name="Unresolved">
/// The share of them, 0–1, that the top log probabilities gave to no label alone: probability that could lead to several labels, and
/// probability that no listed token accounts for.
/// </param>
public sealed record LabelReading(IReadOnlyDictionary<string, double> Probabilities, double Unresolved);
