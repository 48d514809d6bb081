using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>The first samples of each model that were not scored.</summary>
internal static class ExamplesSection
{
    public static ReportSection? Create(ReportSource source)
    {
        Table[] tables =
        [
            .. source
                .Summary.Examples.Where(examples => examples.Value.Count > 0)
                .Select(examples => TableOf(examples.Key, examples.Value)),
        ];
        return tables.Length > 0 ? new ReportSection("Not scored", tables) : null;
    }

    private static Table TableOf(string role, IReadOnlyList<UnscoredSample> examples) =>
        new(
            Table.Named("sample", "outcome", "reason", "answer"),
            [
                .. examples.Select(example => new Row(
                    ReportText.Sample(example.Id, example.Line),
                    [OutcomeNames.NameOf(example.Outcome), ReportText.Beginning(example.Reason), ReportText.Beginning(example.Text)]
                )),
            ]
        )
        {
            Label = $"Not scored, {role}",
            Caption = $"{role}: the first {examples.Count}",
            CssClass = "samples",
        };
}
