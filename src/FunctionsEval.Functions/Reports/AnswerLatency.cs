using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>How long one model's answers took and were, for the report.</summary>
/// <param name="Role">The model's role.</param>
/// <param name="Requests">Requests sent, repeated ones included.</param>
/// <param name="Latency">Of each answered sample, ms.</param>
/// <param name="AnswerTokens">Tokens of each answer.</param>
internal sealed record AnswerLatency(string Role, long Requests, GeometricHistogram Latency, GeometricHistogram AnswerTokens)
{
    /// <summary>How fast streamed answers came; empty without any.</summary>
    public StreamLatency Streams { get; init; } = new();
}

/// <summary>Sums up how fast streamed answers came.</summary>
internal static class StreamSummaries
{
    /// <summary>The summary of a model's streamed answers; null without any.</summary>
    public static StreamSummary? From(StreamLatency latency) =>
        PercentilesOf(latency.TimeToFirstTokenMs) is { } first
            ? new StreamSummary(latency.TimeToFirstTokenMs.Buckets.Values.Sum(), first, PercentilesOf(latency.TokensPerSecond))
            : null;

    private static StreamPercentiles? PercentilesOf(GeometricHistogram amounts) =>
        amounts.Quantile(0.5) is { } median
            ? new StreamPercentiles(amounts.Quantile(0.05)!.Value, median, amounts.Quantile(0.95)!.Value, amounts.Quantile(0.99)!.Value)
            : null;
}
