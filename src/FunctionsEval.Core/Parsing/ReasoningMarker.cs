namespace FunctionsEval.Core.Parsing;

/// <summary>A marker in a text.</summary>
internal readonly record struct ReasoningMarker(MarkerPair Pair, bool IsClosing, int Start, int End);
