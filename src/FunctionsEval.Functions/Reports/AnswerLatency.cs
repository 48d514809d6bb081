using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>Latency and length of one model's answers, for the report.</summary>
/// <param name="Role">The model's role.</param>
/// <param name="Requests">Requests sent, repeated ones included.</param>
/// <param name="LatencyMs">Time to the answer of each answered sample, ms.</param>
/// <param name="AnswerTokens">Tokens of each answer.</param>
internal sealed record AnswerLatency(string Role, long Requests, GeometricHistogram LatencyMs, GeometricHistogram AnswerTokens)
{
    /// <summary>How fast streamed answers came; empty without any.</summary>
    public StreamLatency Streams { get; init; } = new();
}

/// <summary>Sums up how fast streamed answers came.</summary>
internal static class StreamSummaries
{
    /// <summary>The summary of a model's streamed answers; null without any.</summary>
    public static StreamSummary? From(StreamLatency streams) =>
        PercentilesOf(streams.TimeToFirstTokenMs) is { } first
            ? new StreamSummary(streams.TimeToFirstTokenMs.Buckets.Values.Sum(), first, PercentilesOf(streams.TokensPerSecond))
            : null;

    private static StreamPercentiles? PercentilesOf(GeometricHistogram amounts) =>
        amounts.Quantile(0.5) is { } median
            ? new StreamPercentiles(amounts.Quantile(0.05)!.Value, median, amounts.Quantile(0.95)!.Value, amounts.Quantile(0.99)!.Value)
            : null;
}
