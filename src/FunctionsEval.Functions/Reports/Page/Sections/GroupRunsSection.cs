using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>The runs of a group, each of which has a report of its own.</summary>
internal static class GroupRunsSection
{
    public static ReportSection? Create(ReportSource source) =>
        source.Summary.Members is not { } members
            ? null
            : new ReportSection(
                "runs",
                "Runs",
                [
                    new Table(
                        [
                            "model",
                            "role",
                            "run",
                            "status",
                            Column.Number("samples"),
                            Column.Number("counted"),
                            Column.Number("gained"),
                            Column.Number("lost"),
                            Column.Number("cost"),
                        ],
                        [.. members.Select(member => RowOf(source, member))]
                    )
                    {
                        Caption = "Runs",
                        IsCaptionHidden = true,
                    },
                    new Paragraph(
                        "Each run has a report, samples and numbers of its own: runs/{run}/report.html. Gained: only the candidate is right; "
                            + "lost: only the baseline is.",
                        IsNote: true
                    ),
                ]
            );

    private static Row RowOf(ReportSource source, MemberSummary member) =>
        new(
            member.Model,
            [
                member.Role,
                member.RunId,
                member.Failure is { } failure ? $"{member.Status} ({failure.Code})" : member.Status?.ToString() ?? "not begun",
                ReportText.Count(member.Outcomes?.Total),
                member.Coverage is { } coverage ? NumberText.Share(coverage) : Cell.None,
                ReportText.Count(member.Gained),
                ReportText.Count(member.Lost),
                member.Outcomes is null ? Cell.None : source.Money((double?)member.Cost),
            ]
        );
}
