namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>The answers with the worst scores; nothing for tasks whose answers are right or wrong.</summary>
internal static class WorstAnswersSection
{
    public static ReportSection? Create(ReportSource source) =>
        source.Samples.Worst is { Count: > 0 } worst
            ? new ReportSection(
                "worst",
                "Worst answers",
                [
                    new Details($"answers of {source.Candidate}, the worst first", IsOpen: false, [new SampleCards(worst)])
                    {
                        Count = $"{worst.Count}",
                    },
                ]
            )
            : null;
}
