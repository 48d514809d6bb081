using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.Responses;

/// <summary>Mean time from sending a request to the last byte of its answer, in milliseconds, of the attempt that succeeded.</summary>
internal sealed class LatencyMetric() : ResponseMetric("latency_ms")
{
    private const double MicrosecondsPerMillisecond = 1000;

    // An hour, the longest time that a model's Timeout allows.
    private const double MaxMilliseconds = 3_600_000;

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("latency", MetricSubjects.Response, (_, _) => new LatencyMetric())
        {
            ReadsAnswer = false,
            NeedsReference = false,
            Numbers = [new("latency_ms", MetricUnit.Milliseconds, "Latency")],
        };

    /// <inheritdoc/>
    public override string Name => "latency";

    /// <inheritdoc/>
    public override string Signature => "of:answer|unit:ms";

    /// <inheritdoc/>
    public override AnswerDetail Needs => AnswerDetail.Latency;

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        if (sample.Response?.LatencyMs is { } latency && latency is >= 0 and <= MaxMilliseconds)
        {
            statistic[Measured] = 1;
            statistic[FirstOwn] = (long)Math.Round(latency * MicrosecondsPerMillisecond);
        }
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) =>
        values[0] = sums[FirstOwn] / MicrosecondsPerMillisecond / sums[Measured];
}
