using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Suites;
using FunctionsEval.Functions.Reports.Page.Charts;
using FunctionsEval.Functions.Reports.Page.Sections;

namespace FunctionsEval.Functions.Reports.Page;

/// <summary>The page of a suite run: the verdict, why, and the datasets by tier.</summary>
internal static class SuiteReportPage
{
    public static ReportPage From(SuiteRun suite, string currency)
    {
        var name = suite.Name ?? suite.Suite;
        var verdict = suite.Verdict is { } result
            ? VerdictView.From(result, TitleOf(suite))
            : new VerdictView("no verdict", suite.Status.ToString(), "–", $"The suite run ended as {suite.Status} ({suite.ErrorCode})");
        return new ReportPage
        {
            Title = $"{name}: {verdict.Name}",
            Name = name,
            Verdict = verdict,
            Facts = [.. FactsOf(suite, currency)],
            Notes = [.. NotesOf(suite)],
            Sections =
            [
                .. CandidatesOf(suite),
                .. Enum.GetValues<SuiteTier>().Select(tier => DatasetsOf(suite, tier)).OfType<ReportSection>(),
                ReproductionOf(suite),
            ],
        };
    }

    private static string TitleOf(SuiteRun suite)
    {
        var deciding = (suite.Datasets ?? []).Where(dataset => dataset.Tier != SuiteTier.Advisory).ToList();
        return $"{deciding.Count(dataset => dataset.Verdict == VerdictResult.Pass)} of {deciding.Count} deciding datasets pass";
    }

    private static IEnumerable<string> FactsOf(SuiteRun suite, string currency) =>
        new[]
        {
            suite.Model is { } model ? (suite.Baseline is { } baseline ? $"{model} vs {baseline}" : model) : null,
            suite.Samples is { } samples ? $"{NumberText.Count(samples)} samples" : null,
            suite.Started is { } started ? HeadFacts.Date(started) : null,
            suite is { Started: { } began, Finished: { } ended } ? NumberText.Duration(ended - began) : null,
            suite.Cost is { } cost ? NumberText.Money(cost, currency) : null,
        }.OfType<string>();

    private static IEnumerable<ReportBlock> NotesOf(SuiteRun suite)
    {
        if (suite.ErrorMessage is { } message)
        {
            yield return new Notices([new Notice("fail", "✗", "error", message)]);
        }

        if (suite.VerdictReasons.Count > 0)
        {
            yield return VerdictView.Reasons(suite.VerdictReasons);
        }

        foreach (var block in WarningBlocks.Create(suite.Warnings))
        {
            yield return block;
        }
    }

    private static IEnumerable<ReportSection> CandidatesOf(SuiteRun suite)
    {
        if (suite.Candidates is { Count: > 0 } candidates)
        {
            yield return new ReportSection(
                "candidates",
                "Candidates over all datasets",
                [
                    new Table(
                        ["candidate", "verdict", "why not"],
                        [
                            .. candidates.Select(candidate => new Row(
                                candidate.Model,
                                [ReportText.Verdict(candidate.Verdict), candidate.WhyNot]
                            )),
                        ]
                    )
                    {
                        Caption = "Candidates",
                        IsCaptionHidden = true,
                    },
                ]
            );
        }
    }

    private static ReportSection? DatasetsOf(SuiteRun suite, SuiteTier tier)
    {
        var datasets = (suite.Datasets ?? []).Where(dataset => dataset.Tier == tier).ToList();
        if (datasets.Count == 0)
        {
            return null;
        }

        var name = SuiteTierNames.NameOf(tier);
        return new ReportSection(
            name,
            $"{char.ToUpperInvariant(name[0])}{name[1..]} datasets",
            [
                new Table(
                    [
                        "dataset",
                        "verdict",
                        "number",
                        Column.Number("value"),
                        "0 to 100 %",
                        Column.Number("difference"),
                        Column.Number("samples"),
                        "run",
                    ],
                    [.. datasets.Select(dataset => new Row(dataset.ToEntry(suite.Suite).Dataset, CellsOf(dataset)))]
                )
                {
                    Caption = $"{name} datasets",
                    IsCaptionHidden = true,
                },
            ]
        );
    }

    private static IReadOnlyList<Cell> CellsOf(SuiteDataset dataset)
    {
        var headline = dataset.Headline;
        return
        [
            dataset.Verdict is { } verdict
                ? ReportText.Verdict(verdict)
                : new Cell(dataset.ErrorCode ?? dataset.Status?.ToString() ?? Cell.None) { Note = dataset.ErrorMessage },
            headline is null ? Cell.None : ReportText.NameOf(headline),
            ReportText.Value(headline),
            headline is null ? Cell.None : PlotOf(headline),
            headline is null ? Cell.None : ReportText.Difference(headline),
            ReportText.Count(dataset.Samples),
            dataset.RunId is { } runId ? new Cell(runId) { Href = $"/api/evaluations/{runId}/report" } : Cell.None,
        ];
    }

    /// <summary>A share with its interval, on one axis for all datasets; nothing for other numbers.</summary>
    private static Cell PlotOf(MetricValue line)
    {
        if (line.Value is not { } value || MetricWords.Find(line.Name).Unit != MetricUnit.Share)
        {
            return Cell.None;
        }

        var scale = PlotScale.OfShares(line.Name);
        return new Cell(null, "track-cell")
        {
            Chart = new Track(
                $"{line.Name} {ReportText.Value(line).Text}",
                [
                    .. scale.Ticks(100).Select(tick => new TrackMark("grid", tick.X)),
                    .. line is { Lower: { } lower, Upper: { } upper }
                        ? [new TrackMark("range", scale.Percent(lower), scale.Percent(upper))]
                        : Array.Empty<TrackMark>(),
                    new TrackMark("mark", scale.Percent(value)),
                ]
            ),
        };
    }

    private static ReportSection ReproductionOf(SuiteRun suite)
    {
        (string Term, string? Description)[] facts =
        [
            ("suite run", suite.SuiteRunId),
            ("suite", suite.Suite),
            ("answered by", suite.ServedModel),
            ("fine-tuning job", suite.FineTuneJob),
            ("app version", suite.CodeVersion),
        ];
        return new ReportSection(
            "reproduction",
            "Reproduction",
            [new Facts([.. facts.Where(fact => fact.Description is not null).Select(fact => new Fact(fact.Term, fact.Description!))])]
        );
    }
}
