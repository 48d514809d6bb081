namespace FunctionsEval.Functions.Messages;

/// <summary>Input of <c>WriteSamples</c> and <c>WriteSummary</c>.</summary>
internal sealed record SummaryRequest(string RunId, int Resumption, bool IsComplete);
