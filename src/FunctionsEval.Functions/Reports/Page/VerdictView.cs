using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;

namespace FunctionsEval.Functions.Reports.Page;

/// <summary>The verdict; of a run without one, why there is none.</summary>
/// <param name="Name">In a word or two.</param>
/// <param name="CssClass">The class that gives it its colour.</param>
/// <param name="Sign">A character that says the same as the colour.</param>
/// <param name="Text">The result in a sentence.</param>
internal sealed record VerdictView(string Name, string CssClass, string Sign, string Text)
{
    public static VerdictView From(RunOverview overview) =>
        overview.Verdict is { } verdict ? From(verdict, overview.Title)
        : overview.Status == RunStatus.Completed ? new VerdictView("no gate", "none", "–", overview.Title)
        : new VerdictView(overview.Status.ToString().ToLowerInvariant(), overview.Status.ToString(), "–", overview.Title);

    /// <summary>A verdict.</summary>
    public static VerdictView From(VerdictResult result, string text)
    {
        var name = VerdictNames.NameOf(result);
        return new VerdictView(name, name, SignOf(result), text);
    }

    /// <summary>The rules of a gate, or the reasons of a suite.</summary>
    public static Notices Reasons(IReadOnlyList<RuleVerdict> reasons) =>
        new([
            .. reasons.Select(reason =>
            {
                var name = VerdictNames.NameOf(reason.Result);
                return new Notice(name, SignOf(reason.Result), name, reason.Reason);
            }),
        ]);

    public static string SignOf(VerdictResult result) =>
        result switch
        {
            VerdictResult.Pass => "✓",
            VerdictResult.Fail => "✗",
            _ => "?",
        };
}
