namespace FunctionsEval.Core.Parsing;

/// <summary>What an answer's tokens say of the labels' probabilities.</summary>
/// <param name="Probabilities">Probabilities above 0 by label, adding up to 1.</param>
/// <param name="Unresolved">
/// The share of them, 0–1, that no top log probability gave to one label alone: what could lead to several labels, and what none of the
/// tokens accounted for.
/// </param>
public sealed record LabelReading(IReadOnlyDictionary<string, double> Probabilities, double Unresolved);
