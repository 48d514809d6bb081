namespace FunctionsEval.Core.Scoring;

/// <summary>The numbers of every metric, whether they follow from sums or from the samples themselves.</summary>
internal sealed class NumberReader
{
    private readonly ScoreboardLayout _layout;
    private readonly IReadOnlyDictionary<string, MetricNumbers>?[] _ofCandidate;
    private readonly IReadOnlyDictionary<string, MetricNumbers>?[] _ofBaseline;

    /// <summary>Computes the numbers that follow from the samples themselves, of all slices at once.</summary>
    /// <param name="layout">Where the sums are.</param>
    /// <param name="slices">The sums.</param>
    /// <param name="kept">By metric: its samples; null for a metric that is a function of sums.</param>
    /// <param name="roles">The models.</param>
    /// <param name="isShared">Whether only samples count that were scored for both models.</param>
    public NumberReader(
        ScoreboardLayout layout,
        SliceSet slices,
        IReadOnlyList<KeptSamples?> kept,
        IReadOnlyList<ModelRole> roles,
        bool isShared
    )
    {
        _layout = layout;
        var withReplicates = slices
            .InOrder()
            .Where(pair => !pair.Sums.HasDroppedReplicates)
            .Select(pair => pair.Slice)
            .ToHashSet(StringComparer.Ordinal);
        _ofCandidate = Compute(ModelRole.Candidate);
        _ofBaseline = Compute(ModelRole.Baseline);

        IReadOnlyDictionary<string, MetricNumbers>?[] Compute(ModelRole role) =>
            [.. kept.Select(samples => roles.Contains(role) ? samples?.Compute(role, isShared, withReplicates) : null)];
    }

    /// <summary>A metric's numbers.</summary>
    /// <param name="m">Index of the metric.</param>
    /// <param name="role">The model.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="table">The model's sums over the slice.</param>
    public MetricNumbers Read(int m, ModelRole role, string slice, SumTable table)
    {
        var kept = (role == ModelRole.Candidate ? _ofCandidate : _ofBaseline)[m];
        return kept is null ? MetricNumbers.From(_layout, m, table) : kept.GetValueOrDefault(slice, MetricNumbers.None(_layout.Metrics[m]));
    }
}
