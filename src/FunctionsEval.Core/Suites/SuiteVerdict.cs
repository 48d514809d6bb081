using FunctionsEval.Core.Gates;

namespace FunctionsEval.Core.Suites;

/// <summary>The verdict of a suite, from those of its datasets by tiers. What is missing never passes.</summary>
public static class SuiteVerdict
{
    /// <summary>
    /// Fail where a critical dataset fails. Otherwise inconclusive where a critical or a supporting dataset does not pass, or where there
    /// is neither. Otherwise pass.
    /// </summary>
    /// <param name="entries">The datasets, and the names that no dataset has.</param>
    /// <returns>The verdict with a reason for each dataset that decides.</returns>
    public static Verdict Decide(IReadOnlyCollection<SuiteEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        List<RuleVerdict> reasons = [.. entries.Where(entry => entry.Tier != SuiteTier.Advisory).OrderBy(entry => entry.Tier).Select(Read)];
        if (reasons.Count == 0)
        {
            reasons.Add(RuleVerdict.Inconclusive("no dataset of the suite is critical or supporting"));
        }

        var result =
            reasons.Exists(reason => reason.Result == VerdictResult.Fail) ? VerdictResult.Fail
            : reasons.Exists(reason => reason.Result == VerdictResult.Inconclusive) ? VerdictResult.Inconclusive
            : VerdictResult.Pass;
        return new Verdict(result, reasons);
    }

    /// <summary>Sentences about the advisory datasets that do not pass, which decide nothing.</summary>
    /// <param name="entries">The datasets, and the names that no dataset has.</param>
    public static IReadOnlyList<string> FindWarnings(IReadOnlyCollection<SuiteEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        return
        [
            .. entries
                .Where(entry => entry is { Tier: SuiteTier.Advisory, Verdict: not VerdictResult.Pass })
                .Select(entry => $"{Describe(entry)}. It is advisory and does not decide."),
        ];
    }

    private static RuleVerdict Read(SuiteEntry entry) =>
        (entry.Tier, entry.Verdict) switch
        {
            (_, VerdictResult.Pass) => RuleVerdict.Pass(Describe(entry)),
            (SuiteTier.Critical, VerdictResult.Fail) => RuleVerdict.Fail(Describe(entry)),
            (SuiteTier.Supporting, VerdictResult.Fail) => RuleVerdict.Inconclusive($"{Describe(entry)}, so a person decides"),
            _ => RuleVerdict.Inconclusive(Describe(entry)),
        };

    private static string Describe(SuiteEntry entry)
    {
        var name = $"{SuiteTierNames.NameOf(entry.Tier)} {entry.Dataset}";
        return entry.Verdict switch
        {
            VerdictResult.Pass => $"{name} passes",
            VerdictResult.Fail => $"{name} fails",
            VerdictResult.Inconclusive => $"{name} is inconclusive",
            _ => $"{name} has no verdict: {entry.NoVerdict ?? "it is not known"}",
        };
    }
}
