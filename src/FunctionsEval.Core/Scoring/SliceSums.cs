using FunctionsEval.Core.Scoring.Stored;
using FunctionsEval.Core.Scoring.Sums;

namespace FunctionsEval.Core.Scoring;

/// <summary>The sums of one slice, apart for samples that were scored for both models and for one only.</summary>
/// <param name="layout">Where the words are.</param>
/// <param name="batch">The weights of the samples that are added.</param>
internal sealed class SliceSums(ScoreboardLayout layout, WeightBatch batch)
{
    private readonly SumTable _candidateOnly = new(layout, batch);
    private readonly SumTable _baselineOnly = new(layout, batch);
    private readonly long[] _gained = new long[layout.Proportions.Count];
    private readonly long[] _lost = new long[layout.Proportions.Count];

    /// <summary>The candidate's sums over samples scored for both.</summary>
    public SumTable SharedCandidate { get; } = new(layout, batch);

    /// <summary>The baseline's sums over samples scored for both.</summary>
    public SumTable SharedBaseline { get; } = new(layout, batch);

    /// <summary>By proportion: the samples that the candidate got right and the baseline wrong.</summary>
    public IReadOnlyList<long> Gained => _gained;

    /// <summary>By proportion: the samples that the baseline got right and the candidate wrong.</summary>
    public IReadOnlyList<long> Lost => _lost;

    /// <summary>Whether there are too many slices for this one to have replicates.</summary>
    public bool HasDroppedReplicates { get; private set; }

    private SumTable[] Tables => [SharedCandidate, SharedBaseline, _candidateOnly, _baselineOnly];

    /// <summary>Bytes of the sums and their replicates.</summary>
    public long Bytes => Tables.Sum(table => table.Bytes);

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
    /// <param name="terms">What it adds to the sums.</param>
    /// <param name="place">Where its weights are in the batch.</param>
    /// <param name="ofSameRow">How many samples of the slice the sample's row has.</param>
    public void Add(SampleTerms terms, int place, int ofSameRow)
    {
        if (terms.HasCandidate)
        {
            (terms.HasBaseline ? SharedCandidate : _candidateOnly).Count(ofSameRow);
        }

        if (terms.HasBaseline)
        {
            (terms.HasCandidate ? SharedBaseline : _baselineOnly).Count(ofSameRow);
        }

        SharedCandidate.Add(terms.SharedCandidate, place);
        SharedBaseline.Add(terms.SharedBaseline, place);
        _candidateOnly.Add(terms.CandidateOnly, place);
        _baselineOnly.Add(terms.BaselineOnly, place);
        foreach (var proportion in terms.Gained)
        {
            _gained[proportion]++;
        }

        foreach (var proportion in terms.Lost)
        {
            _lost[proportion]++;
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
}
