using System.Runtime.InteropServices;
using FunctionsEval.Core.Metrics;

namespace FunctionsEval.Core.Scoring.Sums;

/// <summary>
/// What one sample adds to the sums, worked out once for all slices that it belongs to. What only one model was measured on counts for that
/// model alone.
/// </summary>
/// <param name="layout">Where the sums are.</param>
internal sealed class SampleTerms(ScoreboardLayout layout)
{
    private readonly SumTerm[] _room = new SumTerm[layout.MaxTerms];
    private readonly List<SumTerm> _sharedCandidate = [];
    private readonly List<SumTerm> _sharedBaseline = [];
    private readonly List<SumTerm> _candidateOnly = [];
    private readonly List<SumTerm> _baselineOnly = [];
    private readonly List<int> _gained = [];
    private readonly List<int> _lost = [];

    /// <summary>Whether the candidate was scored.</summary>
    public bool HasCandidate { get; private set; }

    /// <summary>Whether the baseline was scored.</summary>
    public bool HasBaseline { get; private set; }

    /// <summary>The candidate's terms by the metrics that both were measured on; their indices are those of all sums.</summary>
    public ReadOnlySpan<SumTerm> SharedCandidate => CollectionsMarshal.AsSpan(_sharedCandidate);

    /// <summary>The baseline's terms by the metrics that both were measured on.</summary>
    public ReadOnlySpan<SumTerm> SharedBaseline => CollectionsMarshal.AsSpan(_sharedBaseline);

    /// <summary>The candidate's other terms.</summary>
    public ReadOnlySpan<SumTerm> CandidateOnly => CollectionsMarshal.AsSpan(_candidateOnly);

    /// <summary>The baseline's other terms.</summary>
    public ReadOnlySpan<SumTerm> BaselineOnly => CollectionsMarshal.AsSpan(_baselineOnly);

    /// <summary>The proportions by which the candidate is right and the baseline wrong.</summary>
    public ReadOnlySpan<int> Gained => CollectionsMarshal.AsSpan(_gained);

    /// <summary>The proportions by which the baseline is right and the candidate wrong.</summary>
    public ReadOnlySpan<int> Lost => CollectionsMarshal.AsSpan(_lost);

    /// <summary>Works the terms of a sample out.</summary>
    /// <param name="candidate">The candidate's concatenated statistics; empty when it was not scored.</param>
    /// <param name="baseline">The baseline's; empty when it was not scored.</param>
    public void Set(ReadOnlySpan<long> candidate, ReadOnlySpan<long> baseline)
    {
        (HasCandidate, HasBaseline) = (!candidate.IsEmpty, !baseline.IsEmpty);
        _sharedCandidate.Clear();
        _sharedBaseline.Clear();
        _candidateOnly.Clear();
        _baselineOnly.Clear();
        _gained.Clear();
        _lost.Clear();
        for (var m = 0; m < layout.Metrics.Count; m++)
        {
            if (layout.OwnsSums(m))
            {
                var ofCandidate = layout.StatisticOf(m, candidate);
                var ofBaseline = layout.StatisticOf(m, baseline);
                var isShared = HasCandidate && HasBaseline && IsMeasuredAlike(m, ofCandidate, ofBaseline);
                Scatter(m, ofCandidate, isShared ? _sharedCandidate : _candidateOnly);
                Scatter(m, ofBaseline, isShared ? _sharedBaseline : _baselineOnly);
            }
        }

        if (HasCandidate && HasBaseline)
        {
            FindFlips(candidate, baseline);
        }
    }

    private bool IsMeasuredAlike(int m, ReadOnlySpan<long> candidate, ReadOnlySpan<long> baseline) =>
        layout.Metrics[m].IsMeasured(candidate) == layout.Metrics[m].IsMeasured(baseline);

    private void Scatter(int m, ReadOnlySpan<long> statistic, List<SumTerm> terms)
    {
        if (statistic.IsEmpty)
        {
            return;
        }

        // A metric that a sample adds nothing to was measured all the same: its sums are 0 from then on, and not unknown.
        terms.Add(new SumTerm(layout.SumOffset(m), 0));
        foreach (var (index, amount) in _room.AsSpan(0, layout.Metrics[m].Scatter(statistic, _room)))
        {
            terms.Add(new SumTerm(layout.SumOffset(m) + index, amount));
        }
    }

    private void FindFlips(ReadOnlySpan<long> candidate, ReadOnlySpan<long> baseline)
    {
        for (var p = 0; p < layout.Proportions.Count; p++)
        {
            var (word, m, value) = layout.Proportions[p];
            var change = candidate[word] - baseline[word];
            if (change == 0 || !IsMeasuredAlike(m, layout.StatisticOf(m, candidate), layout.StatisticOf(m, baseline)))
            {
                continue;
            }

            (change > 0 == layout.Metrics[m].Values[value].HigherIsBetter ? _gained : _lost).Add(p);
        }
    }
}
