using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Metrics;

namespace FunctionsEval.Core.Tests.Results;

/// <summary>
/// A short form of the benchmark <c>candidates</c>: eight candidates that are exactly as good as the baseline, because it is drawn who gave
/// which answer of a row.
/// </summary>
public sealed class CandidatesSimulationTests
{
    private const int Sets = 100;
    private const int Candidates = 8;
    private const double Alpha = 0.05;

    /// <summary>α and three standard errors of a share of <see cref="Sets"/>.</summary>
    private static readonly double Most = Sets * (Alpha + (3 * Math.Sqrt(Alpha * (1 - Alpha) / Sets)));

    [Fact]
    public void Of_eight_equal_candidates_one_is_called_better_or_the_best_in_at_most_alpha_of_the_datasets()
    {
        var spec = SimulatedCandidates.Labels(new BetterThanBaselineRule { Metric = "accuracy", BetterThanBaselineAtAlpha = Alpha }) with
        {
            Metrics = [new MetricSpec { Name = "accuracy" }],
        };
        string[] names = ["a", "b", "c", "d", "e", "f", "g", "h"];
        int passes = 0,
            alone = 0,
            best = 0,
            misses = 0,
            excluded = 0;
        for (var set = 0; set < Sets; set++)
        {
            var rows = SimulatedCandidates.AnswerLabels(spec, 300, (ulong)set, [.. Enumerable.Repeat(0.8, Candidates + 1)]);
            var summary = SimulatedCandidates.Compare(spec, rows, names);
            var accuracy = summary.Numbers.Single(number => number.Name == "accuracy").Candidates;

            passes += summary.Verdict!.Result == VerdictResult.Pass ? 1 : 0;
            alone += summary.Candidates.Any(candidate => candidate.Alone!.Result == VerdictResult.Pass) ? 1 : 0;
            best += accuracy.Any(candidate => candidate.IsBest == true) ? 1 : 0;
            misses += accuracy.Any(candidate => candidate.DifferenceLower > 0 || candidate.DifferenceUpper < 0) ? 1 : 0;
            excluded += accuracy.Count(candidate => candidate.MayBeBest == false);
        }

        Assert.InRange(passes, 0, Most);
        Assert.InRange(best, 0, Most);
        Assert.InRange(misses, 1, Most);
        Assert.InRange((double)excluded / Candidates, 1, Most);

        // Without a correction the simulation would fail: eight chances are more than one.
        Assert.True(alone > passes, $"{alone} of {Sets} would pass alone, {passes} pass among all.");
    }
}
