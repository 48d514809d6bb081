using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Reports.Page.Sections;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Page;

/// <summary>The whole page as its template shows it.</summary>
internal sealed record ReportPage
{
    /// <summary>
    /// The sections in the page's order, before and after those of the metrics' tables; each gives nothing where it has nothing to show.
    /// </summary>
    private static readonly Func<ReportSource, ReportSection?>[] SectionsBeforeTables =
    [
        ReasonsSection.Create,
        WarningsSection.Create,
        PreviousSection.Create,
        MetricsSection.Create,
        ClassesSection.Create,
    ];

    private static readonly Func<ReportSource, ReportSection?>[] SectionsAfterTables =
    [
        FlipsSection.Create,
        SlicesSection.Create,
        OutcomesSection.Create,
        ReasoningSection.Create,
        LatencySection.Create,
        ExamplesSection.Create,
        ReproductionSection.Create,
    ];

    /// <summary>The sections of a group of candidates, in the page's order.</summary>
    private static readonly Func<ReportSource, ReportSection?>[] SectionsOfGroup =
    [
        ReasonsSection.Create,
        CandidatesSection.Create,
        GroupRunsSection.Create,
        WarningsSection.Create,
        OutcomesSection.Create,
    ];

    public required string Title { get; init; }

    public required string Name { get; init; }

    public required VerdictView Verdict { get; init; }

    /// <summary>Sentences below the verdict.</summary>
    public required IReadOnlyList<Paragraph> Notes { get; init; }

    public required IReadOnlyList<Fact> Facts { get; init; }

    public required IReadOnlyList<ReportSection> Sections { get; init; }

    public static ReportPage From(ReportSource source)
    {
        var summary = source.Summary;
        var verdict = VerdictView.From(summary);
        return new ReportPage
        {
            Title = $"{summary.Name}: {verdict.Name}",
            Name = summary.Name,
            Verdict = verdict,
            Notes = [.. NotesOf(summary)],
            Facts = [.. FactsOf(summary)],
            Sections = summary.Candidates is null
                ?
                [
                    .. SectionsBeforeTables.Select(create => create(source)).OfType<ReportSection>(),
                    .. TableSections.Create(source),
                    .. SectionsAfterTables.Select(create => create(source)).OfType<ReportSection>(),
                ]
                : [.. SectionsOfGroup.Select(create => create(source)).OfType<ReportSection>()],
        };
    }

    private static IEnumerable<Paragraph> NotesOf(RunSummary summary)
    {
        if (summary.Failure is { } failure)
        {
            yield return new Paragraph(failure.Message, IsNote: true);
        }

        if (!summary.IsComplete)
        {
            var what = summary.Candidates is null
                ? "the numbers are over what was answered by then."
                : "candidates whose run was stopped or not begun are not compared.";
            yield return new Paragraph($"This run was stopped: {what}", IsNote: true);
        }
    }

    private static IEnumerable<Fact> FactsOf(RunSummary summary) =>
        [
            .. summary.Models.Select(model => new Fact(model.Key, model.Value)),
            .. summary.BaselineRun is { } source ? [new Fact("baseline not called", source.ToString())] : Array.Empty<Fact>(),
            .. (summary.AnsweredBy ?? new Dictionary<string, AnsweringModels>()).Select(caller => new Fact(
                $"{caller.Key} answered by",
                Describe(caller.Value)
            )),
            new Fact("dataset", summary.Dataset.Name),
            new Fact("samples", ReportText.Count(summary.Dataset.Samples)),
            new Fact("task", JsonSerializer.SerializeToElement(summary.Task).GetString()!),
            new Fact("run", summary.RunId),
        ];

    private static string Describe(AnsweringModels sources)
    {
        var models = string.Join(", ", AnswerSources.ByFrequency(sources.Models));
        string[] details =
        [
            .. Detail("system fingerprint", sources.SystemFingerprints),
            .. Detail("route", sources.Routes),
            .. Detail("spillover to", sources.OtherDeployments),
        ];
        return details.Length == 0 ? models : $"{(models.Length == 0 ? "a model without a name" : models)} ({string.Join("; ", details)})";
    }

    private static string[] Detail(string name, IReadOnlyDictionary<string, long>? counts) =>
        counts is { Count: > 0 } ? [$"{name} {string.Join(", ", AnswerSources.ByFrequency(counts))}"] : [];
}

/// <summary>A fact about the run.</summary>
internal sealed record Fact(string Term, string Description);

/// <summary>The verdict; of a run without one, why there is none.</summary>
/// <param name="Name">In a word or two.</param>
/// <param name="CssClass">The class that gives it its colour.</param>
/// <param name="Sign">A character that says the same as the colour.</param>
/// <param name="Text">In a sentence.</param>
internal sealed record VerdictView(string Name, string CssClass, string Sign, string Text)
{
    public static VerdictView From(RunSummary summary) =>
        summary.Failure is { } failure ? new VerdictView("failed", "none", "–", $"no verdict: the run failed ({failure.Code})")
        : summary.Verdict is { } verdict ? From(verdict.Result)
        : new VerdictView("no gate", "none", "–", "no verdict: the spec has no gate");

    /// <summary>A verdict.</summary>
    public static VerdictView From(VerdictResult result)
    {
        var name = VerdictNames.NameOf(result);
        return new VerdictView(name, name, SignOf(result), name);
    }

    public static string SignOf(VerdictResult result) =>
        result switch
        {
            VerdictResult.Pass => "✓",
            VerdictResult.Fail => "✗",
            _ => "?",
        };
}
