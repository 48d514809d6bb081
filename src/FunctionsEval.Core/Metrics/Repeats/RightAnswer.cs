using FunctionsEval.Core.Metrics.ToolCalls;

namespace FunctionsEval.Core.Metrics.Repeats;

/// <summary>What an answer is right by.</summary>
/// <param name="Name">Name in specs: the number of a metric of the spec.</param>
/// <param name="Signature">What tells it from others.</param>
/// <param name="Measure">Whether a sample's answer is right; null where that is not known.</param>
internal sealed record RightAnswer(string Name, string Signature, Func<MetricSample, bool?> Measure)
{
    /// <summary>An answer that equals a reference.</summary>
    public static RightAnswer Reference { get; } =
        new("", "reference", sample => EqualsReference(sample.Prediction, sample.References, sample.ToolCalls is not null));

    /// <summary>An answer that counts in a metric's share of samples.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="share">One of its numbers, a proportion.</param>
    public static RightAnswer By(Metric metric, MetricValueDefinition share) =>
        new(
            share.Name,
            $"{share.Name}({metric.Signature})",
            sample =>
            {
                var statistic = new long[metric.StatisticLength];
                metric.Measure(sample, statistic);
                return metric.IsMeasured(statistic) ? statistic[share.SuccessIndex] != 0 : null;
            }
        );

    /// <summary>
    /// Whether an answer equals a reference. Of tool calls the order does not matter, and where none is to be called any text is right.
    /// </summary>
    /// <param name="prediction">The answer; null for one that did not parse.</param>
    /// <param name="references">The references.</param>
    /// <param name="isTurnOfCalls">Whether they are turns of tool calls.</param>
    public static bool EqualsReference(string? prediction, IReadOnlyList<string> references, bool isTurnOfCalls) =>
        prediction is not null
        && (
            isTurnOfCalls
                ? references.Any(reference => CallTurn.AreEqual(reference, prediction))
                : references.Contains(prediction, StringComparer.Ordinal)
        );
}
