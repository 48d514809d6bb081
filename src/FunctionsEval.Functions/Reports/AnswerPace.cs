using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>Latency and length of one model's answers, for the report.</summary>
/// <param name="Role">The model's role.</param>
/// <param name="Requests">Requests sent, repeated ones included.</param>
/// <param name="Latency">Of each answered sample, ms.</param>
/// <param name="AnswerTokens">Tokens of each answer.</param>
internal sealed record AnswerPace(string Role, long Requests, GeometricHistogram Latency, GeometricHistogram AnswerTokens)
{
    /// <summary>How fast streamed answers came; empty without any.</summary>
    public StreamPace Streams { get; init; } = new();
}

/// <summary>Sums up how fast streamed answers came.</summary>
internal static class StreamSummaries
{
    /// <summary>The summary of a model's streamed answers; null without any.</summary>
    public static StreamSummary? From(StreamPace pace) =>
        PercentilesOf(pace.TimeToFirstTokenMs) is { } first
            ? new StreamSummary(pace.TimeToFirstTokenMs.Buckets.Values.Sum(), first, PercentilesOf(pace.TokensPerSecond))
            : null;

    private static StreamPercentiles? PercentilesOf(GeometricHistogram amounts) =>
        amounts.Quantile(0.5) is { } median
            ? new StreamPercentiles(amounts.Quantile(0.05)!.Value, median, amounts.Quantile(0.95)!.Value, amounts.Quantile(0.99)!.Value)
            : null;
}
