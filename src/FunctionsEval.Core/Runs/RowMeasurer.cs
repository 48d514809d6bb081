using FunctionsEval.Core.Metrics;

namespace FunctionsEval.Core.Runs;

/// <summary>Measures logged rows by a spec's metrics: the one way from a row to numbers, for runs and for offline scores.</summary>
public sealed class RowMeasurer
{
    private readonly IReadOnlyList<string> _slices;

    /// <summary>Builds the spec's metrics.</summary>
    /// <exception cref="MetricSpecException">A metric or one of its options does not exist.</exception>
    public RowMeasurer(EvaluationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        Metrics = MetricCatalog.Create(spec.Task, spec.Metrics, spec.Labels, spec.PositiveLabel);
        _slices = [.. spec.Slices.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The spec's metrics.</summary>
    public IReadOnlyList<Metric> Metrics { get; }

    /// <summary>What a row adds to the metrics, one after the other; empty for a row that does not count.</summary>
    public long[] Measure(LogRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.IsMeasured ? Scoreboard.Measure(Metrics, row.ToMetricSample()) : [];
    }

    /// <summary>The slices a row belongs to, as <c>tag=value</c>.</summary>
    public IReadOnlyList<string> SlicesOf(LogRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return [.. _slices.Where(tag => row.Tags?.ContainsKey(tag) == true).Select(tag => $"{tag}={row.Tags![tag]}")];
    }
}
