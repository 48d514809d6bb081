using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Results;

/// <summary>The numbers of several candidates as lines: one for each number and candidate.</summary>
public static class CandidateLines
{
    /// <summary>How the intervals of differences are computed.</summary>
    private const string MaxT = "max_t";

    /// <summary>Every number of every candidate, number after number.</summary>
    /// <param name="candidates">What the candidates say together.</param>
    public static IEnumerable<MetricValue> From(CandidatesSummary candidates)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        return candidates.Numbers.SelectMany(From);
    }

    /// <summary>One number of every candidate.</summary>
    /// <param name="number">The number.</param>
    public static IEnumerable<MetricValue> From(CandidatesNumber number)
    {
        ArgumentNullException.ThrowIfNull(number);
        return number.Candidates.Select(candidate => LineOf(number, candidate));
    }

    private static MetricValue LineOf(CandidatesNumber number, CandidateNumber candidate) =>
        new()
        {
            Role = Roles.Candidate,
            Candidate = candidate.Model,
            Name = number.Name,
            Slice = number.Slice,
            Value = candidate.Value,
            Samples = candidate.Samples,
            HigherIsBetter = number.HigherIsBetter,
            Kind = number.Kind,
            Difference = candidate.Difference,
            DifferenceLower = candidate.DifferenceLower,
            DifferenceUpper = candidate.DifferenceUpper,
            DifferenceInterval = candidate.DifferenceLower is null ? null : MaxT,
            NoDifferenceInterval = candidate.NoDifferenceInterval,
            PValue = candidate.PValue,
            AdjustedPValue = candidate.AdjustedPValue,
            PValueIsBound = candidate.PValueIsBound,
            Reading = candidate.Reading,
            BestLower = candidate.BestLower,
            BestUpper = candidate.BestUpper,
            MayBeBest = candidate.MayBeBest,
            Signature = "",
        };
}
