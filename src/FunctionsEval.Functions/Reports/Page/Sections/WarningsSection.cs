namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>What a reader of the numbers has to know beside the verdict.</summary>
internal static class WarningsSection
{
    public static ReportSection? Create(ReportSource source) =>
        source.Summary.Warnings is { Count: > 0 } warnings
            ? new ReportSection(
                "Warnings",
                [new Notices("reasons warnings", [.. warnings.Select(warning => new Notice("inconclusive", Sign: null, warning))])]
            )
            : null;
}
