namespace FunctionsEval.Core.Scoring.Candidates;

/// <summary>
/// What is kept of one candidate's scoreboard to compare it with other candidates. The same sample has the same weights in every run of a
/// dataset, so replicate r of one candidate and replicate r of another are paired.
/// </summary>
public sealed class CandidateReplicates
{
    private readonly IReadOnlyDictionary<(string Name, string Slice), ReplicatedNumber> _numbers;

    internal CandidateReplicates(double level, bool hasBaseline, IReadOnlyDictionary<(string Name, string Slice), ReplicatedNumber> numbers)
    {
        Level = level;
        HasBaseline = hasBaseline;
        _numbers = numbers;
    }

    /// <summary>The confidence level of the run's own intervals.</summary>
    public double Level { get; }

    /// <summary>Whether the replicates are those of differences from a baseline; else they are those of the candidate's numbers.</summary>
    public bool HasBaseline { get; }

    /// <summary>A number's replicates.</summary>
    /// <param name="name">The number's name.</param>
    /// <param name="slice">The slice.</param>
    internal ReplicatedNumber Find(string name, string slice) =>
        _numbers.TryGetValue((name, slice), out var number) ? number : ReplicatedNumber.None(UndefinedReason.NotRequested);
}
