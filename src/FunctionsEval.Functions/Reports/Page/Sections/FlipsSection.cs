using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>Samples that only one of the two models got right.</summary>
internal static class FlipsSection
{
    public static ReportSection? Create(ReportSource source)
    {
        var line = source.CandidateLines.FirstOrDefault(metric => metric.Gained is not null);
        var samples = source.Samples;
        if (!source.HasBaseline || ((line?.Gained ?? 0) + (line?.Lost ?? 0) == 0 && samples.Gained.Count + samples.Lost.Count == 0))
        {
            return null;
        }

        return new ReportSection(
            "flips",
            "Gained and lost",
            [
                Fold("lost", source.Baseline, line?.Lost, samples.Lost),
                Fold("gained", source.Candidate, line?.Gained, samples.Gained),
                new Paragraph(
                    (line is null ? "" : $"Counted by {line.Name}. ") + "An answer is right where it equals a reference.",
                    IsNote: true
                ),
            ]
        );
    }

    private static Details Fold(string word, string model, long? count, IReadOnlyList<SampleCard> shown) =>
        new(
            $"{word}: only {model} is right",
            IsOpen: false,
            [shown.Count > 0 ? new SampleCards(shown) : new Paragraph("None.", IsNote: true)]
        )
        {
            Count = count is { } known ? NumberText.Count(known) : null,
            Note = shown.Count > 0 ? $"the first {shown.Count}" : null,
        };
}
