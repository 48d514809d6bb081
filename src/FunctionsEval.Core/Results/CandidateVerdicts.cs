using FunctionsEval.Core.Gates;

namespace FunctionsEval.Core.Results;

/// <summary>What the gate says of each of several candidates, and of all of them.</summary>
internal static class CandidateVerdicts
{
    /// <summary>What the gate says of one candidate among several; null without a verdict.</summary>
    /// <param name="gate">The gate that all have in common.</param>
    /// <param name="run">The candidate's run.</param>
    /// <param name="numbers">The numbers of all candidates.</param>
    /// <param name="tried">How many candidates were tried.</param>
    public static Verdict? Find(GateSpec? gate, CandidateRun run, IReadOnlyList<CandidatesNumber> numbers, int tried) =>
        run.Status == RunStatus.Completed
            ? CandidateGate.Evaluate(gate, run.Verdict, FactsOf(run, numbers), run.Coverage, tried, run.Baseline)
        : gate is null ? null
        : new Verdict(VerdictResult.Inconclusive, [new RuleVerdict(VerdictResult.Inconclusive, run.NotCompared!)]);

    /// <summary>The verdict of all candidates: pass when one passes, fail when all fail, else inconclusive; null without any.</summary>
    /// <param name="runs">The candidates' runs.</param>
    /// <param name="verdicts">The verdict of each.</param>
    public static Verdict? Together(IReadOnlyList<CandidateRun> runs, IReadOnlyList<Verdict?> verdicts)
    {
        if (verdicts.All(verdict => verdict is null))
        {
            return null;
        }

        RuleVerdict[] reasons =
        [
            .. runs.Zip(
                verdicts,
                (run, verdict) =>
                    verdict is null
                        ? new RuleVerdict(VerdictResult.Inconclusive, $"{run.Model}: there is no verdict")
                        : new RuleVerdict(verdict.Result, $"{run.Model}: {ReasonOf(verdict)}")
            ),
        ];
        return new Verdict(
            Array.Exists(reasons, reason => reason.Result == VerdictResult.Pass) ? VerdictResult.Pass
                : Array.TrueForAll(reasons, reason => reason.Result == VerdictResult.Fail) ? VerdictResult.Fail
                : VerdictResult.Inconclusive,
            reasons
        );
    }

    /// <summary>What decides a verdict: the first rule with its result, which an incomplete run need not have.</summary>
    private static string ReasonOf(Verdict verdict) =>
        verdict is { Result: VerdictResult.Pass, Rules.Count: > 1 } ? $"all {verdict.Rules.Count} rules hold"
        : verdict.Rules.FirstOrDefault(rule => rule.Result == verdict.Result) is { } decisive ? decisive.Reason
        : verdict.Rules is [var first, ..] ? first.Reason
        : "";

    /// <summary>The candidate's numbers with what holds for all candidates in place of what holds for it alone.</summary>
    private static Dictionary<(string Name, string Slice), GateMetric> FactsOf(CandidateRun run, IReadOnlyList<CandidatesNumber> numbers)
    {
        var facts = new Dictionary<(string Name, string Slice), GateMetric>(EvaluationResult.GateMetricsOf(run.Numbers));
        foreach (var number in numbers)
        {
            if (
                facts.TryGetValue((number.Name, number.Slice), out var alone)
                && number.Candidates.FirstOrDefault(candidate => candidate.Model == run.Model) is { } among
            )
            {
                facts[(number.Name, number.Slice)] = alone with
                {
                    Lower = among.Lower,
                    Upper = among.Upper,
                    DifferenceLower = among.DifferenceLower,
                    DifferenceUpper = among.DifferenceUpper,
                    PValue = among.AdjustedPValue,
                    NoDifferenceInterval = among.NoDifferenceInterval,
                };
            }
        }

        return facts;
    }
}
