namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>The warnings about the numbers.</summary>
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
