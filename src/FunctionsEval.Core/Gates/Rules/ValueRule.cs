namespace FunctionsEval.Core.Gates.Rules;

/// <summary>A rule on one value of a metric in this run.</summary>
public abstract record ValueRule : MetricRule
{
    internal override RuleVerdict Decide(GateFacts facts, double requiredCoverage) =>
        facts.Metrics.TryGetValue(Key, out var metric) ? Decide(metric, facts) : NotComputed();

    /// <summary>Decides the rule on a value that was computed.</summary>
    /// <param name="metric">The value.</param>
    /// <param name="facts">The run's numbers.</param>
    private protected abstract RuleVerdict Decide(GateMetric metric, GateFacts facts);
}
