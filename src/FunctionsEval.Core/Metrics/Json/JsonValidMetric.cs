using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.Json;

/// <summary>
/// The share of answers that are one JSON value and nothing else, with no member twice: what a program could read as it stands. It needs no
/// reference.
/// </summary>
internal sealed class JsonValidMetric : Metric
{
    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("json_valid", MetricSubjects.Response, (_, _) => new JsonValidMetric())
        {
            ReadsAnswer = false,
            NeedsReference = false,
            Numbers = [new("json_valid", MetricUnit.Share, "Valid JSON")],
        };

    /// <inheritdoc/>
    public override string Name => "json_valid";

    /// <inheritdoc/>
    public override string Signature => "version:rfc8259|duplicate_members:no|depth:64";

    /// <inheritdoc/>
    public override int StatisticLength => 2;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } = [new("json_valid", IsProportion: true) { SuccessIndex = 0 }];

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        statistic[0] = (sample.ScoredText ?? sample.Prediction) is { } text && CanonicalJson.TryRead(text, out _) ? 1 : 0;
        statistic[1] = 1;
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => values[0] = (double)sums[0] / sums[1];
}
