using System.Globalization;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Gates;

/// <summary>Applies a gate to a run's numbers.</summary>
public static class Gate
{
    /// <summary>Share of samples that must have been answered for a pass where the gate has no rule on it.</summary>
    public const double DefaultMinimumCoverage = 0.95;

    /// <summary>
    /// Share of samples that must count for a comparison to be decided: what the gate asks for, else <see cref="DefaultMinimumCoverage"/>.
    /// </summary>
    /// <param name="gate">The rules; null for a run without a gate.</param>
    public static double LeastCoverage(GateSpec? gate) =>
        gate?.Rules.Select(rule => rule.MinimumCoverage).FirstOrDefault(least => least is not null) ?? DefaultMinimumCoverage;

    /// <summary>Says whether a run passes.</summary>
    /// <param name="gate">The rules; null for a run without a gate.</param>
    /// <param name="facts">The run's numbers.</param>
    /// <returns>The verdict with one reason per rule; null without a gate.</returns>
    public static Verdict? Evaluate(GateSpec? gate, GateFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        if (gate is null)
        {
            return null;
        }

        List<RuleVerdict> rules = [.. gate.Rules.Select(rule => Evaluate(rule, facts, LeastCoverage(gate)))];
        // What was not answered may be just what the candidate is bad at: without a word of the spec, few such samples are let through.
        if (gate.Rules.All(rule => rule.MinimumCoverage is null) && facts.Coverage < DefaultMinimumCoverage)
        {
            rules.Add(
                new RuleVerdict(
                    VerdictResult.Inconclusive,
                    $"coverage {Text(facts.Coverage)} is below {Text(DefaultMinimumCoverage)}, which holds where no rule sets minimumCoverage"
                )
            );
        }

        var result =
            !facts.IsComplete ? VerdictResult.Inconclusive
            : rules.Exists(rule => rule.Result == VerdictResult.Fail) ? VerdictResult.Fail
            : rules.Exists(rule => rule.Result == VerdictResult.Inconclusive) ? VerdictResult.Inconclusive
            : VerdictResult.Pass;
        return new Verdict(result, rules);
    }

    /// <summary>The verdict of a run in which no sample counts: whatever its gate says, there is nothing to decide by.</summary>
    /// <param name="outcomes">The candidate's outcomes.</param>
    /// <param name="reasons">Why its samples do not count; null when it is not known.</param>
    /// <returns>Inconclusive, with the one reason why; null when a sample counts.</returns>
    public static Verdict? WithoutSamples(OutcomeCounts outcomes, OutcomeReasons? reasons)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        if (outcomes.Counted > 0)
        {
            return null;
        }

        var why = "no sample was evaluated";
        if (outcomes.Total > 0)
        {
            var (name, outcome) = OutcomeNames.All.MaxBy(known => outcomes[known.Value]);
            var mostly = reasons?.MostFrequent(outcome) is { } reason ? $", most often {reason.Text.TrimEnd('.')}" : "";
            why = string.Create(CultureInfo.InvariantCulture, $"{outcomes[outcome]} of {outcomes.Total} are {name}{mostly}");
        }

        return new Verdict(
            VerdictResult.Inconclusive,
            [new RuleVerdict(VerdictResult.Inconclusive, $"no sample counts in the metrics: {why}")]
        );
    }

    private static RuleVerdict Evaluate(GateRule rule, GateFacts facts, double leastCoverage)
    {
        if (!facts.IsComplete)
        {
            return new RuleVerdict(
                VerdictResult.Inconclusive,
                $"{rule.Metric ?? (rule.MaximumCost is null ? "coverage" : "cost")}: the run is incomplete"
            );
        }

        if (rule.MinimumCoverage is { } minimumCoverage)
        {
            var coverage = AtLeast("coverage", facts.Coverage, minimumCoverage);
            return facts.UnparsableShare == 0
                ? coverage
                : coverage with
                {
                    Reason = string.Create(
                        CultureInfo.InvariantCulture,
                        $"{coverage.Reason}; {100 * facts.UnparsableShare:0.#} % of the answers do not parse and count as wrong"
                    ),
                };
        }

        if (rule.MaximumCost is { } maximumCost)
        {
            return facts.Cost is { } cost
                ? AtMost("cost", cost, maximumCost)
                : new RuleVerdict(VerdictResult.Inconclusive, "the cost is not known: set the prices of every model that was called");
        }

        var slice = rule.Slice ?? MetricReport.AllSamples;
        if (rule.NotWorseThanPrevious is { } allowed)
        {
            return NotWorseThanPrevious(NameOf(rule), slice, facts.Previous, rule.Metric!, allowed);
        }

        var metricName = rule.Metric ?? throw new ArgumentException("A rule names no metric.", nameof(rule));
        var name = NameOf(rule);
        if (!facts.Metrics.TryGetValue((metricName, slice), out var metric))
        {
            return new RuleVerdict(VerdictResult.Inconclusive, $"{name} was not computed");
        }

        if (IsComparison(rule) && facts.Coverage < leastCoverage)
        {
            return new RuleVerdict(
                VerdictResult.Inconclusive,
                $"{name} cannot be compared: coverage {Text(facts.Coverage)} leaves out too many samples"
            );
        }

        return rule switch
        {
            { Minimum: { } minimum } => AtLeast(name, metric.Value, minimum),
            { Maximum: { } maximum } => AtMost(name, metric.Value, maximum),
            { LowerBoundAtLeast: { } bound } => LowerBoundAtLeast(name, metric, bound),
            { NotWorseThanBaselineBy: { } margin } => NotWorse(name, metric, margin, "the baseline"),
            { EquivalentToBaselineWithin: { } margin } => Equivalent(name, metric, margin),
            { BetterThanBaselineAtAlpha: { } alpha } => Better(name, metric, alpha),
            _ => throw new ArgumentException($"The rule for {name} has no condition.", nameof(rule)),
        };
    }

    private static bool IsComparison(GateRule rule) =>
        rule.NotWorseThanBaselineBy is not null
        || rule.EquivalentToBaselineWithin is not null
        || rule.BetterThanBaselineAtAlpha is not null;

    private static RuleVerdict AtLeast(string name, double value, double minimum) =>
        double.IsNaN(value) ? Undefined(name)
        : value >= minimum ? new RuleVerdict(VerdictResult.Pass, $"{name} {Text(value)} is at least {Text(minimum)}")
        : new RuleVerdict(VerdictResult.Fail, $"{name} {Text(value)} is below {Text(minimum)}");

    private static RuleVerdict AtMost(string name, double value, double maximum) =>
        double.IsNaN(value) ? Undefined(name)
        : value <= maximum ? new RuleVerdict(VerdictResult.Pass, $"{name} {Text(value)} is at most {Text(maximum)}")
        : new RuleVerdict(VerdictResult.Fail, $"{name} {Text(value)} is above {Text(maximum)}");

    private static RuleVerdict LowerBoundAtLeast(string name, GateMetric metric, double bound)
    {
        if (!TryInterval(metric.Lower, metric.Upper, out var lower, out var upper))
        {
            return new RuleVerdict(VerdictResult.Inconclusive, $"{name} has no interval{Because(metric.NoInterval)}");
        }

        var interval = $"the interval {Text(lower)}…{Text(upper)} of {name}";
        return lower >= bound ? new RuleVerdict(VerdictResult.Pass, $"{interval} is at or above {Text(bound)}")
            : upper < bound ? new RuleVerdict(VerdictResult.Fail, $"{interval} is below {Text(bound)}")
            : new RuleVerdict(VerdictResult.Inconclusive, $"{interval} contains {Text(bound)}");
    }

    private static string NameOf(GateRule rule) => rule.Slice is null ? rule.Metric! : $"{rule.Metric} [{rule.Slice}]";

    private static RuleVerdict NotWorseThanPrevious(string name, string slice, PreviousFacts? previous, string metric, double margin) =>
        previous switch
        {
            null => new RuleVerdict(VerdictResult.Pass, $"{name}: there is no previous run of the suite with this model to be worse than"),
            { NotPaired: { } reason } => new RuleVerdict(
                VerdictResult.Inconclusive,
                $"{name} cannot be compared with the previous run {previous.RunId}: {reason.TrimEnd('.')}"
            ),
            _ => previous.Metrics.TryGetValue((metric, slice), out var compared)
                ? NotWorse(name, compared, margin, $"the previous run {previous.RunId}")
                : new RuleVerdict(VerdictResult.Inconclusive, $"{name} was not computed"),
        };

    private static RuleVerdict NotWorse(string name, GateMetric metric, double margin, string other)
    {
        if (!TryInterval(metric.DifferenceLower, metric.DifferenceUpper, out var lower, out var upper))
        {
            return new RuleVerdict(
                VerdictResult.Inconclusive,
                $"{name} has no interval of its difference from {other}{Because(metric.NoDifferenceInterval)}"
            );
        }

        // "Gain" is positive where the candidate is better.
        var (worst, best) = metric.HigherIsBetter ? (lower, upper) : (-upper, -lower);
        var limit = metric.HigherIsBetter ? -margin : margin;
        var interval = $"the interval {Text(lower)}…{Text(upper)} of {name}'s difference from {other}";
        return worst >= -margin ? new RuleVerdict(VerdictResult.Pass, $"{interval} is no worse than {Text(limit)}")
            : best < -margin ? new RuleVerdict(VerdictResult.Fail, $"{interval} is worse than {Text(limit)}")
            : new RuleVerdict(VerdictResult.Inconclusive, $"{interval} contains {Text(limit)}");
    }

    /// <summary>Two one-sided tests: each rejects exactly when its bound of the interval lies inside the margin.</summary>
    private static RuleVerdict Equivalent(string name, GateMetric metric, double margin)
    {
        if (!TryInterval(metric.DifferenceLower, metric.DifferenceUpper, out var lower, out var upper))
        {
            return new RuleVerdict(
                VerdictResult.Inconclusive,
                $"{name} has no interval of its difference from the baseline{Because(metric.NoDifferenceInterval)}"
            );
        }

        var interval = $"the interval {Text(lower)}…{Text(upper)} of {name}'s difference from the baseline";
        return lower > -margin && upper < margin ? new RuleVerdict(VerdictResult.Pass, $"{interval} lies within ±{Text(margin)}")
            : lower > margin || upper < -margin ? new RuleVerdict(VerdictResult.Fail, $"{interval} lies outside ±{Text(margin)}")
            : new RuleVerdict(VerdictResult.Inconclusive, $"{interval} reaches beyond ±{Text(margin)}");
    }

    private static RuleVerdict Better(string name, GateMetric metric, double alpha)
    {
        if (metric is not { PValue: { } p, Difference: { } difference } || double.IsNaN(p) || double.IsNaN(difference))
        {
            return new RuleVerdict(
                VerdictResult.Inconclusive,
                $"{name} has no p-value of its difference from the baseline{Because(metric.NoDifferenceInterval)}"
            );
        }

        var gain = metric.HigherIsBetter ? difference : -difference;
        return p <= alpha && gain > 0
                ? new RuleVerdict(VerdictResult.Pass, $"{name} is better than the baseline by {Text(gain)} (p {Text(p)} ≤ {Text(alpha)})")
            : p <= alpha && gain < 0
                ? new RuleVerdict(VerdictResult.Fail, $"{name} is worse than the baseline by {Text(-gain)} (p {Text(p)} ≤ {Text(alpha)})")
            : new RuleVerdict(
                VerdictResult.Inconclusive,
                $"{name} differs from the baseline by {Text(difference)}, which chance may explain (p {Text(p)} > {Text(alpha)})"
            );
    }

    private static bool TryInterval(double? low, double? high, out double lower, out double upper)
    {
        lower = low ?? double.NaN;
        upper = high ?? double.NaN;
        return !double.IsNaN(lower) && !double.IsNaN(upper);
    }

    private static RuleVerdict Undefined(string name) => new(VerdictResult.Inconclusive, $"{name} is undefined on these samples");

    private static string Because(string? reason) => reason is null ? "" : $" ({reason.Replace('_', ' ')})";

    private static string Text(double value) => (value == 0 ? 0 : value).ToString("0.######", CultureInfo.InvariantCulture);
}
