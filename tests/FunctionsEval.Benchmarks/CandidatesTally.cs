using System.Globalization;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Benchmarks;

/// <summary>What the comparison of one simulated dataset says that is wrong.</summary>
/// <param name="Numbers">By number.</param>
internal sealed record CandidatesTally(IReadOnlyDictionary<string, CandidatesTally.Claims> Numbers)
{
    /// <summary>Holds a comparison against the truth.</summary>
    /// <param name="summary">The comparison.</param>
    /// <param name="truth">By number: the true one of each model, the baseline first; null where all models are equal.</param>
    public static CandidatesTally From(CandidatesSummary summary, Dictionary<string, double[]>? truth) =>
        new(
            (truth?.Keys ?? summary.Numbers.Where(number => number.Kind == MetricKind.Headline).Select(number => number.Name)).ToDictionary(
                name => name,
                name =>
                    Claims.From(
                        summary.Numbers.Single(number => number.Name == name),
                        truth?[name] ?? new double[summary.Candidates.Count + 1],
                        [.. summary.Candidates.Select(candidate => candidate.Verdict?.Result == VerdictResult.Pass)]
                    )
            )
        );

    /// <summary>The shares of datasets, in percent, as cells of a table.</summary>
    public static string Print(IReadOnlyList<CandidatesTally> tallies, string number)
    {
        var claims = tallies.Select(tally => tally.Numbers[number]).ToList();
        return string.Join(
            " | ",
            Percent(claim => claim.WronglyBetter),
            Percent(claim => claim.WronglyWorse),
            Percent(claim => claim.AllHold),
            (100 * claims.Average(claim => claim.BestExcluded)).ToString("0.0", CultureInfo.InvariantCulture),
            Percent(claim => claim.WronglyBest),
            Percent(claim => claim.BestIntervalsHold),
            claims.Average(claim => claim.MayBeBest).ToString("0.0", CultureInfo.InvariantCulture),
            Percent(claim => claim.WronglyPasses)
        );

        string Percent(Func<Claims, bool> claim) =>
            (100.0 * claims.Count(claim) / claims.Count).ToString("0.0", CultureInfo.InvariantCulture);
    }

    /// <summary>What is said of one number.</summary>
    /// <param name="WronglyBetter">A candidate that is not better than the baseline is called so.</param>
    /// <param name="WronglyWorse">A candidate that is not worse than the baseline is called so.</param>
    /// <param name="AllHold">Every interval of a difference from the baseline holds the true one.</param>
    /// <param name="BestExcluded">The share of the best candidates, of which there may be several, that are said not to be the
    /// best.</param>
    /// <param name="WronglyBest">A candidate is called better than all others and is not.</param>
    /// <param name="BestIntervalsHold">Every interval of a difference from the best other candidate holds the true one.</param>
    /// <param name="MayBeBest">How many candidates may be the best.</param>
    /// <param name="WronglyPasses">A candidate passes that is not better than the baseline.</param>
    internal sealed record Claims(
        bool WronglyBetter,
        bool WronglyWorse,
        bool AllHold,
        double BestExcluded,
        bool WronglyBest,
        bool BestIntervalsHold,
        int MayBeBest,
        bool WronglyPasses
    )
    {
        public static Claims From(CandidatesNumber number, double[] truth, bool[] passes)
        {
            var sign = number.HigherIsBetter ? 1 : -1;
            var differences = truth.Skip(1).Select(value => value - truth[0]).ToArray();
            var gains = Array.ConvertAll(differences, difference => sign * difference);
            var toBest = differences.Select((difference, i) => difference - (sign * gains.Where((_, j) => j != i).Max())).ToArray();
            var candidates = number.Candidates.Select((candidate, i) => (Said: candidate, Gain: gains[i], Index: i)).ToList();
            var best = candidates.Where(one => one.Gain == gains.Max()).ToList();
            return new Claims(
                candidates.Exists(one => one.Said.Reading == MetricReading.Better && one.Gain <= 0),
                candidates.Exists(one => one.Said.Reading == MetricReading.Worse && one.Gain >= 0),
                candidates.TrueForAll(one =>
                    one.Said.DifferenceLower <= differences[one.Index] && differences[one.Index] <= one.Said.DifferenceUpper
                ),
                (double)best.Count(one => one.Said.MayBeBest == false) / best.Count,
                candidates.Exists(one => one.Said.IsBest == true && gains.Where((_, j) => j != one.Index).Max() >= one.Gain),
                candidates.TrueForAll(one => one.Said.BestLower <= toBest[one.Index] && toBest[one.Index] <= one.Said.BestUpper),
                candidates.Count(one => one.Said.MayBeBest == true),
                candidates.Exists(one => passes[one.Index] && one.Gain <= 0)
            );
        }
    }
}
