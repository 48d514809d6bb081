using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>The runs of a group, each of which has a report of its own, and the group's spec.</summary>
internal static class GroupRunsSection
{
    public static ReportSection? Create(ReportSource source) =>
        source.Summary.Members is not { } members
            ? null
            : new ReportSection(
                "Runs",
                [
                    new Table(
                        Table.Named("model", "role", "run", "status", "samples", "coverage", "gained", "lost", "cost"),
                        [.. members.Select(RowOf)]
                    )
                    {
                        Label = "Runs",
                    },
                    new Paragraph(
                        "Each run has a report, samples and numbers of its own: runs/{run}/report.html. Gained and lost: samples that only "
                            + "the candidate, or only the baseline, got right.",
                        IsNote: true
                    ),
                    new Details("Spec", IsOpen: false, [new Preformatted(JsonSerializer.Serialize(source.Summary.Spec, RunJson.Indented))]),
                ]
            );

    private static Row RowOf(MemberSummary member) =>
        new(
            member.Model,
            [
                member.Role,
                member.RunId,
                member.Failure is { } failure ? $"{member.Status} ({failure.Code})" : member.Status?.ToString() ?? "not begun",
                member.Outcomes is { } outcomes ? ReportText.Count(outcomes.Total) : null,
                member.Coverage?.ToString("0.0###", CultureInfo.InvariantCulture),
                member.Gained is { } gained ? ReportText.Count(gained) : null,
                member.Lost is { } lost ? ReportText.Count(lost) : null,
                member.Outcomes is null ? null : member.Cost?.ToString("0.####", CultureInfo.InvariantCulture) ?? "no prices",
            ]
        );
}
