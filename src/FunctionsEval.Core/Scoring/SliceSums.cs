using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring.Stored;

namespace FunctionsEval.Core.Scoring;

/// <summary>The sums of one slice, apart for samples that were scored for both models and for one only.</summary>
internal sealed class SliceSums(ScoreboardLayout layout)
{
    private readonly SumTable _candidateOnly = new(layout);
    private readonly SumTable _baselineOnly = new(layout);
    private readonly long[] _gained = new long[layout.Proportions.Count];
    private readonly long[] _lost = new long[layout.Proportions.Count];

    /// <summary>The candidate's sums over samples scored for both.</summary>
    public SumTable SharedCandidate { get; } = new(layout);

    /// <summary>The baseline's sums over samples scored for both.</summary>
    public SumTable SharedBaseline { get; } = new(layout);

    /// <summary>By proportion: the samples that the candidate got right and the baseline wrong.</summary>
    public IReadOnlyList<long> Gained => _gained;

    /// <summary>By proportion: the samples that the baseline got right and the candidate wrong.</summary>
    public IReadOnlyList<long> Lost => _lost;

    /// <summary>Whether there are too many slices for this one to have replicates.</summary>
    public bool HasDroppedReplicates { get; private set; }

    private SumTable[] Tables => [SharedCandidate, SharedBaseline, _candidateOnly, _baselineOnly];

    /// <summary>The sums over every sample that a model was scored on.</summary>
    public SumTable SumsOf(ModelRole role) =>
        role == ModelRole.Candidate ? SumTable.Union(SharedCandidate, _candidateOnly) : SumTable.Union(SharedBaseline, _baselineOnly);

    /// <summary>Why a metric has no replicates, where it has none.</summary>
    /// <param name="m">Index of the metric.</param>
    public UndefinedReason WhyNoReplicates(int m) =>
        !layout.Metrics[m].HasIntervals || layout.Replicates == 0 ? UndefinedReason.NotRequested
        : HasDroppedReplicates ? UndefinedReason.TooManySlices
        : UndefinedReason.TooManySamples;

    /// <summary>Adds a sample.</summary>
    /// <param name="candidate">The candidate's concatenated statistics; empty when it was not scored.</param>
    /// <param name="baseline">The baseline's; empty when it was not scored.</param>
    /// <param name="weights">The sample's weight in every replicate.</param>
    /// <param name="terms">Room for <see cref="ScoreboardLayout.MaxTerms"/>.</param>
    /// <param name="ofSameRow">How many samples of the slice the sample's row has.</param>
    public void Add(
        ReadOnlySpan<long> candidate,
        ReadOnlySpan<long> baseline,
        ReadOnlySpan<long> weights,
        Span<SumTerm> terms,
        int ofSameRow
    )
    {
        var isShared = !candidate.IsEmpty && !baseline.IsEmpty;
        if (!candidate.IsEmpty)
        {
            (isShared ? SharedCandidate : _candidateOnly).Count(ofSameRow);
        }

        if (!baseline.IsEmpty)
        {
            (isShared ? SharedBaseline : _baselineOnly).Count(ofSameRow);
        }

        for (var m = 0; m < layout.Metrics.Count; m++)
        {
            if (layout.OwnsSums(m))
            {
                AddMetric(m, layout.StatisticOf(m, candidate), layout.StatisticOf(m, baseline), weights, terms);
            }
        }

        if (isShared)
        {
            CountFlips(candidate, baseline);
        }
    }

    /// <summary>Adds everything that <paramref name="other"/> has seen.</summary>
    public void Merge(SliceSums other)
    {
        foreach (var (mine, theirs) in Tables.Zip(other.Tables))
        {
            mine.Merge(theirs);
        }

        for (var p = 0; p < _gained.Length; p++)
        {
            _gained[p] += other._gained[p];
            _lost[p] += other._lost[p];
        }
    }

    /// <summary>Writes what was added.</summary>
    public void Write(StoredWriter writer)
    {
        foreach (var table in Tables)
        {
            table.Write(writer);
        }

        foreach (var count in _gained.Concat(_lost))
        {
            writer.Write((ulong)count);
        }
    }

    /// <summary>Adds what other sums wrote.</summary>
    public void Merge(StoredReader reader)
    {
        foreach (var table in Tables)
        {
            table.Merge(reader);
        }

        foreach (var counts in (long[][])[_gained, _lost])
        {
            for (var p = 0; p < counts.Length; p++)
            {
                counts[p] += (long)reader.ReadUnsigned();
            }
        }
    }

    /// <summary>Removes the replicates for good.</summary>
    public void DropReplicates()
    {
        HasDroppedReplicates = true;
        foreach (var table in Tables)
        {
            table.DropReplicates();
        }
    }

    /// <summary>Adds one metric's statistics; a sample that only one model was measured on counts for that model alone.</summary>
    private void AddMetric(
        int m,
        ReadOnlySpan<long> candidate,
        ReadOnlySpan<long> baseline,
        ReadOnlySpan<long> weights,
        Span<SumTerm> terms
    )
    {
        var metric = layout.Metrics[m];
        var isShared = !candidate.IsEmpty && !baseline.IsEmpty && metric.IsMeasured(candidate) == metric.IsMeasured(baseline);
        if (!candidate.IsEmpty)
        {
            var count = metric.Scatter(candidate, terms);
            (isShared ? SharedCandidate : _candidateOnly).Add(layout.SumOffset(m), terms[..count], weights);
        }

        if (!baseline.IsEmpty)
        {
            var count = metric.Scatter(baseline, terms);
            (isShared ? SharedBaseline : _baselineOnly).Add(layout.SumOffset(m), terms[..count], weights);
        }
    }

    private void CountFlips(ReadOnlySpan<long> candidate, ReadOnlySpan<long> baseline)
    {
        for (var p = 0; p < _gained.Length; p++)
        {
            var (word, m, value) = layout.Proportions[p];
            var metric = layout.Metrics[m];
            if (metric.IsMeasured(layout.StatisticOf(m, candidate)) != metric.IsMeasured(layout.StatisticOf(m, baseline)))
            {
                continue;
            }

            var change = candidate[word] - baseline[word];
            var gain = metric.Values[value].HigherIsBetter ? change : -change;
            _gained[p] += gain > 0 ? 1 : 0;
            _lost[p] += gain < 0 ? 1 : 0;
        }
    }
}
