using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>How long one model's answers took and were; in the report alone, because no run repeats its times.</summary>
/// <param name="Role">The model's role.</param>
/// <param name="Requests">Requests sent, repeated ones included.</param>
/// <param name="Latency">Of each answered sample, ms.</param>
/// <param name="AnswerTokens">Tokens of each answer.</param>
internal sealed record AnswerPace(string Role, long Requests, GeometricHistogram Latency, GeometricHistogram AnswerTokens);
