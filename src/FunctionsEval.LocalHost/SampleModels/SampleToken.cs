namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>A token that a model could have produced at some position.</summary>
/// <param name="Text">The token's text.</param>
/// <param name="LogProbability">Its natural log probability.</param>
internal readonly record struct TopLogProbability(string Text, double LogProbability);

/// <summary>A token that a model produced or scored.</summary>
/// <param name="Text">The token's text; the texts of a sequence concatenate to the whole text.</param>
/// <param name="LogProbability">Its natural log probability; null when the model has none.</param>
/// <param name="TopLogProbabilities">The likeliest tokens at this position, likeliest first; empty when none were asked for.</param>
internal sealed record SampleToken(string Text, double? LogProbability, IReadOnlyList<TopLogProbability> TopLogProbabilities);
