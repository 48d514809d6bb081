using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Results;

/// <summary>
/// The result of an evaluation: the numbers, the comparison and the verdict. It is the same for a run and for an offline score of its rows.
/// </summary>
public sealed record EvaluationResult
{
    /// <summary>Outcomes per role.</summary>
    public required IReadOnlyDictionary<string, OutcomeCounts> Outcomes { get; init; }

    /// <summary>Share of samples that count in the metrics, per role; null when there is no sample.</summary>
    public required IReadOnlyDictionary<string, double?> Coverage { get; init; }

    /// <summary>The verdict; null without a gate, unless no sample of the candidate counts.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>
    /// What a reader of the numbers has to know beside the verdict: sentences, each of which says what was seen and what to do.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Every number.</summary>
    public required IReadOnlyList<MetricValue> Metrics { get; init; }

    /// <summary>The tables of the metrics that yield one, per role and slice.</summary>
    public required IReadOnlyList<ScoredTable> Tables { get; init; }

    /// <summary>Puts a scoreboard's report beside the outcomes and applies the gate.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="report">The numbers.</param>
    /// <param name="outcomes">Outcomes per role, "candidate" and, if compared, "baseline".</param>
    /// <param name="isComplete">Whether every sample has an outcome.</param>
    /// <param name="cost">What all calls cost, in the currency of the models' prices; null when it is not known.</param>
    /// <param name="reasons">Why samples of the candidate do not count; null when it is not known.</param>
    /// <param name="previous">The previous run of the suite with the same model; null when there is none.</param>
    /// <param name="baseline">What reasons call the baseline: its model's name; null for that of the spec.</param>
    /// <param name="currency">The currency of <paramref name="cost"/>, for reasons; null where it is not known.</param>
    public static EvaluationResult Create(
        EvaluationSpec spec,
        MetricReport report,
        IReadOnlyDictionary<string, OutcomeCounts> outcomes,
        bool isComplete,
        double? cost = null,
        OutcomeReasons? reasons = null,
        PreviousFacts? previous = null,
        string? baseline = null,
        string? currency = null
    )
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(outcomes);
        var lines = MetricValues.From(report);
        var facts = new GateFacts
        {
            Metrics = GateMetricsOf(lines),
            Previous = previous,
            Baseline = baseline ?? (BaselineReference.From(spec.Baseline) as BaselineReference.CalledModel)?.Name,
            Currency = currency,
            // A comparison rests on the samples that both models answered: the gate looks at the worse of the two.
            Coverage = outcomes.Values.Min(counts => counts.Coverage),
            UnparsableShare = outcomes[Roles.Candidate].UnparsableShare,
            Cost = cost,
            IsComplete = isComplete,
        };
        return new EvaluationResult
        {
            Outcomes = outcomes,
            Coverage = outcomes.ToDictionary(
                role => role.Key,
                role => double.IsNaN(role.Value.Coverage) ? (double?)null : role.Value.Coverage,
                StringComparer.Ordinal
            ),
            Verdict = VerdictWithoutSamples.Find(outcomes[Roles.Candidate], reasons) ?? Gate.Evaluate(spec.Gate, facts),
            Warnings = ResultWarnings.From(report, outcomes, Gate.LeastCoverage(spec.Gate)),
            Metrics =
                outcomes.Count > 1
                    ? MetricReadings.Apply(
                        lines,
                        MetricReadings.Headline(spec, lines),
                        spec.Intervals.Replicates,
                        decides: facts.Coverage >= Gate.LeastCoverage(spec.Gate)
                    )
                    : lines,
            Tables = report.Tables,
        };
    }

    /// <summary>The candidate's numbers as a gate looks at them.</summary>
    /// <param name="lines">The lines of a report.</param>
    public static IReadOnlyDictionary<(string Name, string Slice), GateMetric> GateMetricsOf(IEnumerable<MetricValue> lines) =>
        lines
            .Where(line => line.Role == Roles.Candidate)
            .ToDictionary(
                line => (line.Name, line.Slice),
                line => new GateMetric(
                    line.Value ?? double.NaN,
                    line.Lower,
                    line.Upper,
                    line.DifferenceLower,
                    line.DifferenceUpper,
                    line.HigherIsBetter,
                    line.Difference,
                    line.Slice == MetricReport.AllSamples ? line.PValue : line.AdjustedPValue,
                    line.NoInterval,
                    line.NoDifferenceInterval
                )
            );
}
