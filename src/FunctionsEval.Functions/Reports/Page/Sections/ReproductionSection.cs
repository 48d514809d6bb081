using System.Text.Json;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>What the numbers mean, and how to get them again.</summary>
internal static class ReproductionSection
{
    public static ReportSection Create(ReportSource source)
    {
        var (summary, dataset) = (source.Summary, source.Summary.Dataset);
        var signatures = new Table(
            Table.Named("metric", "signature"),
            [.. source.LinesOfWhole.Select(line => new Row(line.Name, [line.Signature]))]
        );
        return new ReportSection(
            "Definitions and reproduction",
            [
                new Details("Signatures", IsOpen: false, [signatures]),
                new Details("Spec", IsOpen: false, [new Preformatted(JsonSerializer.Serialize(summary.Spec, RunJson.Indented))]),
                new Paragraph($"The same numbers from the same answers: download runs/{summary.RunId}/samples.jsonl and spec.json, then"),
                new Preformatted("dotnet run --project src/FunctionsEval.LocalHost -- score samples.jsonl --spec spec.json"),
                new Paragraph(
                    $"Dataset {dataset.Name}, ETag {dataset.ETag}, {ReportText.Count(dataset.Bytes)} bytes; "
                        + $"app version {summary.CodeVersion}.",
                    IsNote: true
                ),
            ]
        );
    }
}
