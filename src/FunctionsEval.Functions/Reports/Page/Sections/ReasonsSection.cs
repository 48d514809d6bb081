using FunctionsEval.Core.Gates;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>What each rule of the gate says.</summary>
internal static class ReasonsSection
{
    public static ReportSection? Create(ReportSource source) =>
        source.Summary.Verdict is { } verdict
            ? new ReportSection(
                "Why",
                [
                    new Notices(
                        "reasons",
                        [
                            .. verdict.Rules.Select(rule => new Notice(
                                VerdictNames.NameOf(rule.Result),
                                VerdictView.SignOf(rule.Result),
                                rule.Reason
                            )),
                        ]
                    ),
                ]
            )
            : null;
}
