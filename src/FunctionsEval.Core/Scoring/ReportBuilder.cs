using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring.Candidates;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Scoring;

/// <summary>Turns what a scoreboard has added up into its report.</summary>
/// <param name="layout">Where the sums are.</param>
/// <param name="slices">The sums.</param>
/// <param name="kept">By metric: its samples; null for a metric that is a function of sums.</param>
/// <param name="estimator">Makes results of numbers.</param>
/// <param name="comparer">Compares with the baseline; null without one.</param>
/// <param name="rules">What an interval is made of.</param>
internal sealed class ReportBuilder(
    ScoreboardLayout layout,
    SliceSet slices,
    IReadOnlyList<KeptSamples?> kept,
    Estimator estimator,
    PairedComparer? comparer,
    IntervalRules rules
)
{
    private readonly ModelRole[] _roles = comparer is null ? [ModelRole.Candidate] : [ModelRole.Candidate, ModelRole.Baseline];

    /// <summary>Computes the report.</summary>
    public MetricReport Build()
    {
        var results = new List<MetricResult>();
        var tables = new List<ScoredTable>();
        var reader = new NumberReader(layout, slices, kept, _roles, isShared: false);
        foreach (var role in _roles)
        {
            foreach (var (slice, sums) in slices.InOrder())
            {
                var table = sums.SumsOf(role);
                for (var m = 0; m < layout.Metrics.Count; m++)
                {
                    var numbers = reader.Read(m, role, slice, table);
                    results.AddRange(estimator.Estimate(m, role, slice, numbers, table, sums.WhyNoReplicates(m)));
                    if (layout.Metrics[m].TableOf(layout.SumsOf(m, table.Totals)) is { } ofMetric)
                    {
                        tables.Add(new ScoredTable(role, slice, ofMetric));
                    }
                }
            }
        }

        var candidate = slices.All.SumsOf(ModelRole.Candidate);
        return new MetricReport
        {
            Results = results,
            Comparisons = comparer is null ? [] : AdjustOverSlices(Compare(comparer)),
            Tables = tables,
            Labels = LabelsOf(candidate),
            Warnings = [.. WarningsOf(candidate), .. slices.Warnings()],
        };
    }

    /// <summary>Keeps the replicates of some numbers.</summary>
    /// <param name="wanted">Their names and slices.</param>
    public CandidateReplicates Keep(IReadOnlySet<(string Name, string Slice)> wanted)
    {
        var reader = new NumberReader(layout, slices, kept, _roles, isShared: comparer is not null);
        var replicated = new Dictionary<(string Name, string Slice), ReplicatedNumber>();
        foreach (var (slice, sums) in slices.InOrder())
        {
            for (var m = 0; m < layout.Metrics.Count; m++)
            {
                var metric = layout.Metrics[m];
                var values = Enumerable.Range(0, metric.Values.Count).Where(v => wanted.Contains((metric.Values[v].Name, slice))).ToList();
                if (values.Count == 0 || !metric.HasIntervals)
                {
                    continue;
                }

                var keep = Keeper(reader, m, slice, sums);
                foreach (var v in values)
                {
                    replicated.TryAdd((metric.Values[v].Name, slice), keep(v));
                }
            }
        }

        return new CandidateReplicates(rules.Level, comparer is not null, replicated);
    }

    private Func<int, ReplicatedNumber> Keeper(NumberReader reader, int m, string slice, SliceSums sums)
    {
        if (comparer is not null)
        {
            var candidate = reader.Read(m, ModelRole.Candidate, slice, sums.SharedCandidate);
            var baseline = reader.Read(m, ModelRole.Baseline, slice, sums.SharedBaseline);
            return v => comparer.Keep(m, v, slice, sums, candidate, baseline);
        }

        var table = sums.SumsOf(ModelRole.Candidate);
        var numbers = reader.Read(m, ModelRole.Candidate, slice, table);
        return v => estimator.Keep(m, v, numbers, table, sums.WhyNoReplicates(m));
    }

    private List<PairedDifference> Compare(PairedComparer comparisons)
    {
        var reader = new NumberReader(layout, slices, kept, _roles, isShared: true);
        var compared = new List<PairedDifference>();
        foreach (var (slice, sums) in slices.InOrder())
        {
            for (var m = 0; m < layout.Metrics.Count; m++)
            {
                compared.AddRange(
                    comparisons.Compare(
                        m,
                        slice,
                        sums,
                        reader.Read(m, ModelRole.Candidate, slice, sums.SharedCandidate),
                        reader.Read(m, ModelRole.Baseline, slice, sums.SharedBaseline)
                    )
                );
            }
        }

        return compared;
    }

    /// <summary>Holm's correction of each number's p-values over the slices.</summary>
    private static List<PairedDifference> AdjustOverSlices(List<PairedDifference> comparisons)
    {
        var adjusted = Holm.AdjustFamilies(
            comparisons,
            comparison => comparison.Slice == MetricReport.AllSamples ? null : comparison.PValue,
            comparison => (comparison.Metric, comparison.Signature, comparison.Definition.Name)
        );
        return [.. comparisons.Zip(adjusted, (comparison, p) => comparison with { AdjustedPValue = p })];
    }

    /// <summary>The metrics' warnings about the candidate's samples, each once.</summary>
    private IEnumerable<string> WarningsOf(SumTable candidate) =>
        candidate.Samples == 0
            ? []
            : layout
                .Metrics.Select((metric, m) => metric.WarningOf(layout.SumsOf(m, candidate.Totals)))
                .OfType<string>()
                .Distinct(StringComparer.Ordinal);

    /// <summary>The labels of the metric that looks at the most of them; of equal ones the first.</summary>
    private LabelUse LabelsOf(SumTable candidate) =>
        candidate.Samples == 0
            ? LabelUse.None
            : layout
                .Metrics.Select((metric, m) => metric.LabelUseOf(layout.SumsOf(m, candidate.Totals)))
                .OfType<LabelUse>()
                .MaxBy(labels => labels.Count)
                ?? LabelUse.None;
}
