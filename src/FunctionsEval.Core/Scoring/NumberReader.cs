using FunctionsEval.Core.Scoring.Ranking;

namespace FunctionsEval.Core.Scoring;

/// <summary>The numbers of every metric, whether they follow from sums or from the order of the samples.</summary>
internal sealed class NumberReader
{
    private readonly ScoreboardLayout _layout;
    private readonly IReadOnlyDictionary<string, RankedNumber>?[] _ofCandidate;
    private readonly IReadOnlyDictionary<string, RankedNumber>?[] _ofBaseline;

    /// <summary>Computes the rankings, of all slices at once.</summary>
    /// <param name="layout">Where the sums are.</param>
    /// <param name="slices">The sums.</param>
    /// <param name="ranked">By metric: the scores of the samples; null for a metric that is a function of sums.</param>
    /// <param name="roles">The models.</param>
    /// <param name="isShared">Whether only samples count that were scored for both models.</param>
    public NumberReader(
        ScoreboardLayout layout,
        SliceSet slices,
        IReadOnlyList<RankedSamples?> ranked,
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

        IReadOnlyDictionary<string, RankedNumber>?[] Compute(ModelRole role) =>
            [.. ranked.Select(samples => roles.Contains(role) ? samples?.Compute(role, isShared, withReplicates) : null)];
    }

    /// <summary>A metric's numbers.</summary>
    /// <param name="m">Index of the metric.</param>
    /// <param name="role">The model.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="table">The model's sums over the slice.</param>
    public MetricNumbers Read(int m, ModelRole role, string slice, SumTable table)
    {
        var ranked = (role == ModelRole.Candidate ? _ofCandidate : _ofBaseline)[m];
        return ranked is null ? MetricNumbers.From(_layout, m, table) : MetricNumbers.From(ranked.GetValueOrDefault(slice));
    }
}
