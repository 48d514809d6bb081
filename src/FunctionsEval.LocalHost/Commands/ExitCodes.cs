using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>The exit codes of every command, so that a pipeline can act on them; docs/command-line.md has the same table.</summary>
internal static class ExitCodes
{
    /// <summary>The verdict is pass, nothing got worse, or what was asked for is done.</summary>
    public const int Pass = 0;

    /// <summary>The verdict is fail, or something got worse.</summary>
    public const int Fail = 1;

    /// <summary>The data does not decide it, or there is no gate.</summary>
    public const int Inconclusive = 2;

    /// <summary>
    /// There is no result: the run failed, was stopped, is under way, or no sample of it counts; or the command could not be carried out.
    /// </summary>
    public const int Error = 3;

    /// <summary>Ctrl-C ended the command, by the shell's convention: 128 and the number of the signal.</summary>
    public const int Interrupted = 130;

    /// <summary>The codes from the most to the least serious.</summary>
    private static readonly int[] Severity = [Error, Fail, Inconclusive, Pass];

    /// <summary>The code of a run.</summary>
    public static int FromRun(Run run) => FromVerdict(run.Status == RunStatus.Completed, run.Verdict, run.Counted);

    /// <summary>The code of a suite run: that of its verdict.</summary>
    public static int FromSuite(SuiteRun suite) =>
        FromVerdict(
            suite.Status == RunStatus.Completed,
            suite.Verdict,
            suite.Verdict is VerdictResult.Inconclusive ? 1 : suite.Samples ?? 0
        );

    /// <summary>The code of an evaluation, a run's or an offline one's.</summary>
    /// <param name="isCompleted">Whether every sample has an outcome and nothing went wrong.</param>
    /// <param name="verdict">What the gate says; null without one.</param>
    /// <param name="counted">Samples of the candidate that count: those scored and those unparsable.</param>
    public static int FromVerdict(bool isCompleted, VerdictResult? verdict, long counted) =>
        verdict switch
        {
            _ when !isCompleted || counted == 0 => Error,
            VerdictResult.Pass => Pass,
            VerdictResult.Fail => Fail,
            _ => Inconclusive,
        };

    /// <summary>The code of a comparison: a headline number that got worse is a failure.</summary>
    public static int FromComparison(RunComparisonResult comparison) =>
        comparison.Left.Counted == 0 || comparison.Right.Counted == 0
            ? Error
            : comparison.Decision switch
            {
                ComparisonDecision.Worse => Fail,
                ComparisonDecision.Better or ComparisonDecision.NoClearDifference => Pass,
                _ => Inconclusive,
            };

    /// <summary>The code of a probe: of the spec where one was given, else whether the model is usable.</summary>
    public static int FromProbe(ModelProbe probe) =>
        !probe.IsUsable ? Fail
        : probe.Spec is not { } spec ? Pass
        : spec.CanServe switch
        {
            true => Pass,
            false => Fail,
            null => Inconclusive,
        };

    /// <summary>The code of a command over several runs: that of the most serious.</summary>
    public static int Worst(IEnumerable<int> codes) => codes.MinBy(code => Array.IndexOf(Severity, code));
}
