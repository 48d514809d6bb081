using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Ranking;
using FunctionsEval.Core.Metrics.Repeats;
using FunctionsEval.Core.Scoring.Ranking;
using FunctionsEval.Core.Scoring.Stored;

namespace FunctionsEval.Core.Scoring;

/// <summary>
/// What one metric keeps of all samples, for candidate and baseline. What is computed of it depends on the samples alone and not on the
/// order in which they came.
/// </summary>
internal abstract class KeptSamples
{
    /// <summary>
    /// Maximum number of bootstrap weights that are drawn for one model, one or two minutes of work. Beyond it there are no intervals.
    /// </summary>
    public const double MaxWeights = 2e10;

    private readonly Dictionary<string, IReadOnlyList<string>> _sliceLists = new(StringComparer.Ordinal);

    /// <summary>Whether intervals would take too long.</summary>
    public abstract bool IsTooLarge { get; }

    /// <summary>Creates an empty set of samples.</summary>
    /// <param name="rule">What is computed of them.</param>
    /// <param name="replicates">Bootstrap replicates.</param>
    public static KeptSamples Create(SampleRule rule, int replicates) =>
        rule switch
        {
            ContestRule contests => new ContestSamples(contests, replicates),
            RankCorrelationRule correlation => new CorrelatedSamples(correlation.Coefficient, replicates),
            RepeatRule repeats => new RepeatedSamples(repeats, replicates),
            _ => throw new ArgumentException("Unknown rule.", nameof(rule)),
        };

    /// <summary>Adds a sample by its statistics; empty where a model was not measured on it.</summary>
    public abstract void Add(ulong sampleKey, IReadOnlyList<string> slices, ReadOnlySpan<long> candidate, ReadOnlySpan<long> baseline);

    /// <summary>Adds everything that <paramref name="other"/> has seen, which has the same rule.</summary>
    public abstract void Merge(KeptSamples other);

    /// <summary>Writes the samples, in the order in which they came.</summary>
    public abstract void Write(StoredWriter writer);

    /// <summary>Adds what other samples of the same rule wrote.</summary>
    public abstract void Merge(StoredReader reader);

    /// <summary>Computes a model's numbers.</summary>
    /// <param name="role">The model.</param>
    /// <param name="isShared">Whether only samples count that the other model was measured on too.</param>
    /// <param name="withReplicates">The slices that get replicates; the others get the number alone.</param>
    /// <returns>The numbers by slice, <see cref="MetricReport.AllSamples"/> included; a slice without samples is absent.</returns>
    public abstract IReadOnlyDictionary<string, MetricNumbers> Compute(ModelRole role, bool isShared, IReadOnlySet<string> withReplicates);

    /// <summary>One list for equal lists of slices.</summary>
    protected IReadOnlyList<string> Intern(IReadOnlyList<string> slices)
    {
        var key = string.Join('\n', slices);
        if (!_sliceLists.TryGetValue(key, out var known))
        {
            _sliceLists.Add(key, known = [.. slices]);
        }

        return known;
    }
}
