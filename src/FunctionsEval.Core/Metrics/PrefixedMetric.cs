namespace FunctionsEval.Core.Metrics;

/// <summary>A metric whose numbers carry a prefix, so that a spec can ask for one metric twice with different options.</summary>
internal sealed class PrefixedMetric(Metric metric, string prefix) : DerivedMetric(metric)
{
    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [.. metric.Values.Select(value => value with { Name = prefix + value.Name })];
}
