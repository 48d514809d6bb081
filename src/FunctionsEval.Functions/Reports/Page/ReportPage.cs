using FunctionsEval.Functions.Reports.Page.Sections;

namespace FunctionsEval.Functions.Reports.Page;

/// <summary>The whole page as its template shows it.</summary>
internal sealed record ReportPage
{
    /// <summary>
    /// The sections in the page's order, before and after those of the metrics' tables; each gives nothing where it has nothing to show. The
    /// first four are the answer, and all that follows is what it rests on.
    /// </summary>
    private static readonly Func<ReportSource, ReportSection?>[] SectionsBeforeTables =
    [
        HeadlineSection.Create,
        WorseSection.Create,
        WrongSection.Create,
        FlipsSection.Create,
        WorstAnswersSection.Create,
        OutcomesSection.Create,
        MetricsSection.Create,
    ];

    private static readonly Func<ReportSource, ReportSection?>[] SectionsAfterTables =
    [
        LatencySection.Create,
        ReasoningSection.Create,
        ReproductionSection.Create,
    ];

    /// <summary>The sections of a group of candidates, in the page's order.</summary>
    private static readonly Func<ReportSource, ReportSection?>[] SectionsOfGroup =
    [
        CandidatesSection.Create,
        GroupRunsSection.Create,
        OutcomesSection.Create,
        LatencySection.Create,
        ReproductionSection.Create,
    ];

    /// <summary>The title of the browser's tab.</summary>
    public required string Title { get; init; }

    public required string Name { get; init; }

    public required VerdictView Verdict { get; init; }

    /// <summary>Facts below the verdict, in a line.</summary>
    public required IReadOnlyList<string> Facts { get; init; }

    /// <summary>The reasons, the error and the warnings.</summary>
    public required IReadOnlyList<ReportBlock> Notes { get; init; }

    public required IReadOnlyList<ReportSection> Sections { get; init; }

    public static ReportPage From(ReportSource source)
    {
        var verdict = VerdictView.From(source.Overview);
        return new ReportPage
        {
            Title = $"{source.Summary.Name}: {verdict.Name}",
            Name = source.Summary.Name,
            Verdict = verdict,
            Facts = [.. HeadFacts.Create(source)],
            Notes = [.. HeadFacts.NotesOf(source)],
            Sections = source.Summary.Candidates is null
                ?
                [
                    .. SectionsBeforeTables.Select(create => create(source)).OfType<ReportSection>(),
                    .. TableSections.Create(source),
                    .. SectionsAfterTables.Select(create => create(source)).OfType<ReportSection>(),
                ]
                : [.. SectionsOfGroup.Select(create => create(source)).OfType<ReportSection>()],
        };
    }
}
