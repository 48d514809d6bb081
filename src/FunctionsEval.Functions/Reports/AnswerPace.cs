using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>How long one model's answers took and were, for the report.</summary>
/// <param name="Role">The model's role.</param>
/// <param name="Requests">Requests sent, repeated ones included.</param>
/// <param name="Latency">Of each answered sample, ms.</param>
/// <param name="AnswerTokens">Tokens of each answer.</param>
internal sealed record AnswerPace(string Role, long Requests, GeometricHistogram Latency, GeometricHistogram AnswerTokens)
{
    /// <summary>How fast streamed answers came; empty without any.</summary>
    public StreamPace Streams { get; init; } = new();
}

/// <summary>How fast streamed answers came: the summary and the run's row have the percentiles, within 2.5 %.</summary>
/// <param name="Answers">Streamed answers.</param>
/// <param name="TimeToFirstTokenMs">From sending the request to the first token, ms.</param>
/// <param name="TokensPerSecond">From the first token on; null where no endpoint gave token counts.</param>
internal sealed record StreamSummary(long Answers, StreamPercentiles TimeToFirstTokenMs, StreamPercentiles? TokensPerSecond)
{
    /// <summary>The summary of a model's streamed answers; null without any.</summary>
    public static StreamSummary? Of(StreamPace pace) =>
        StreamPercentiles.Of(pace.TimeToFirstTokenMs) is { } first
            ? new StreamSummary(pace.TimeToFirstTokenMs.Buckets.Values.Sum(), first, StreamPercentiles.Of(pace.TokensPerSecond))
            : null;
}

/// <summary>Percentiles of an amount over answers.</summary>
internal sealed record StreamPercentiles(double P5, double P50, double P95, double P99)
{
    /// <summary>The percentiles; null when nothing was added.</summary>
    public static StreamPercentiles? Of(GeometricHistogram amounts) =>
        amounts.Quantile(0.5) is { } median
            ? new StreamPercentiles(amounts.Quantile(0.05)!.Value, median, amounts.Quantile(0.95)!.Value, amounts.Quantile(0.99)!.Value)
            : null;
}
