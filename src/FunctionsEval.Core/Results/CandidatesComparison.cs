using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Results;

/// <summary>
/// Compares several candidates with their baseline and with each other. docs/statistics.md has the methods and the simulations behind them.
/// </summary>
public static class CandidatesComparison
{
    /// <summary>Compares candidates.</summary>
    /// <param name="spec">The spec that all candidates have in common.</param>
    /// <param name="runs">Their runs, in the spec's order, those that did not complete included.</param>
    /// <exception cref="ArgumentException">There is no candidate, or one twice.</exception>
    public static CandidatesSummary Create(EvaluationSpec spec, IReadOnlyList<CandidateRun> runs)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.Count == 0 || runs.DistinctBy(run => run.Model).Count() < runs.Count)
        {
            throw new ArgumentException("Each candidate must be compared once.", nameof(runs));
        }

        var numbers = NumbersOf(spec, runs);
        var verdicts = runs.Select(run => CandidateVerdicts.Find(spec.Gate, run, numbers, runs.Count)).ToList();
        var headline = runs.Select(run => run.Headline).FirstOrDefault(names => names.Count > 0)?[0];
        var decisive = numbers.FirstOrDefault(number => (number.Name, number.Slice) == headline);
        var recommended = runs.Zip(verdicts)
            .Where(pair => pair.Second?.Result == VerdictResult.Pass && MayBeBest(decisive, pair.First.Model))
            .Select(pair => pair.First.Model)
            .ToList();
        return new CandidatesSummary
        {
            Baseline = runs.Select(run => run.Baseline).FirstOrDefault(name => name is not null),
            Level = spec.Intervals.Level,
            Tried = runs.Count,
            Verdict = CandidateVerdicts.Together(runs, verdicts),
            Headline =
                decisive is null ? null
                : decisive.Slice == MetricReport.AllSamples ? decisive.Name
                : $"{decisive.Name} [{decisive.Slice}]",
            Recommended = recommended,
            Candidates =
            [
                .. runs.Zip(verdicts)
                    .Select(pair => new CandidateResult
                    {
                        Model = pair.First.Model,
                        RunId = pair.First.RunId,
                        Status = pair.First.Status,
                        Alone = pair.First.Verdict,
                        Verdict = pair.Second,
                        Recommended = recommended.Contains(pair.First.Model),
                        NotCompared = pair.First.NotCompared,
                    }),
            ],
            Numbers = numbers,
            NumbersLeftOut = runs.Max(run => run.LeftOut) is > 0 and var leftOut ? leftOut : null,
        };
    }

    private static bool MayBeBest(CandidatesNumber? number, string model) =>
        number?.Candidates.FirstOrDefault(candidate => candidate.Model == model)?.MayBeBest != false;

    private static List<CandidatesNumber> NumbersOf(EvaluationSpec spec, IReadOnlyList<CandidateRun> runs) =>
        [
            .. runs.SelectMany(run => run.Numbers.Zip(run.BaselineValues, (line, baseline) => (Run: run, Line: line, Baseline: baseline)))
                .GroupBy(number => (number.Line.Name, number.Line.Slice))
                .Select(group => NumberOf(spec, [.. group], runs.Count))
                .OrderBy(number => number.Kind),
        ];

    private static CandidatesNumber NumberOf(
        EvaluationSpec spec,
        IReadOnlyList<(CandidateRun Run, MetricValue Line, double? Baseline)> candidates,
        int tried
    )
    {
        var first = candidates[0].Line;
        var comparison = new NumberAmongCandidates(
            [.. candidates.Select(candidate => new CandidateLine(candidate.Run, candidate.Line))],
            spec.Intervals,
            tried
        );
        return new CandidatesNumber
        {
            Name = first.Name,
            Slice = first.Slice,
            Kind = first.Kind!.Value,
            HigherIsBetter = first.HigherIsBetter,
            Baseline = candidates.Select(candidate => candidate.Baseline).FirstOrDefault(value => value is not null),
            Candidates = comparison.Compare(),
        };
    }
}
