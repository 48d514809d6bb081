using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Suites;

namespace FunctionsEval.Functions.Reports.Page;

/// <summary>The page of a suite run: the verdict, why, and the datasets by tier.</summary>
internal static class SuiteReportPage
{
    public static ReportPage From(SuiteRun suite)
    {
        var name = suite.Name ?? suite.Suite;
        var verdict = suite.Verdict is { } result
            ? VerdictView.From(result)
            : new VerdictView("no verdict", "none", "–", $"no verdict: the suite run ended as {suite.Status} ({suite.ErrorCode})");
        return new ReportPage
        {
            Title = $"{name}: {verdict.Name}",
            Name = name,
            Verdict = verdict,
            Notes = suite.ErrorMessage is { } message ? [new Paragraph(message, IsNote: true)] : [],
            Facts = [.. FactsOf(suite)],
            Sections =
            [
                .. ReasonsOf(suite),
                .. WarningsOf(suite),
                .. CandidatesOf(suite),
                .. Enum.GetValues<SuiteTier>().Select(tier => DatasetsOf(suite, tier)).OfType<ReportSection>(),
            ],
        };
    }

    private static IEnumerable<Fact> FactsOf(SuiteRun suite)
    {
        var cost = suite.Cost is { } total ? ReportText.Number(total) : null;
        (string Term, string? Description)[] facts =
        [
            ("candidate", suite.Model),
            ("baseline", suite.Baseline),
            ("answered by", suite.ServedModel),
            ("suite", suite.Suite),
            ("fine-tuning job", suite.FineTuneJob),
            ("samples", suite.Samples is { } samples ? ReportText.Count(samples) : null),
            ("cost", cost),
            ("suite run", suite.SuiteRunId),
        ];
        return facts.Where(fact => fact.Description is not null).Select(fact => new Fact(fact.Term, fact.Description!));
    }

    private static IEnumerable<ReportSection> ReasonsOf(SuiteRun suite)
    {
        if (suite.VerdictReasons.Count > 0)
        {
            yield return new ReportSection(
                "Why",
                [
                    new Notices(
                        "reasons",
                        [
                            .. suite.VerdictReasons.Select(reason => new Notice(
                                VerdictNames.NameOf(reason.Result),
                                VerdictView.SignOf(reason.Result),
                                reason.Reason
                            )),
                        ]
                    ),
                ]
            );
        }
    }

    private static IEnumerable<ReportSection> WarningsOf(SuiteRun suite)
    {
        if (suite.Warnings.Count > 0)
        {
            yield return new ReportSection(
                "Warnings",
                [new Notices("reasons warnings", [.. suite.Warnings.Select(text => new Notice("inconclusive", Sign: null, text))])]
            );
        }
    }

    private static IEnumerable<ReportSection> CandidatesOf(SuiteRun suite)
    {
        if (suite.Candidates is { Count: > 0 } candidates)
        {
            yield return new ReportSection(
                "Candidates over all datasets",
                [
                    new Table(
                        Table.Named("candidate", "verdict", "why not"),
                        [
                            .. candidates.Select(candidate => new Row(
                                candidate.Model,
                                [
                                    candidate.Verdict is { } verdict ? VerdictNames.NameOf(verdict) : null,
                                    candidate.WhyNot is { } why ? why : Cell.None,
                                ]
                            )),
                        ]
                    )
                    {
                        Label = "candidates",
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
            $"{char.ToUpperInvariant(name[0])}{name[1..]} datasets",
            [
                new Table(
                    Table.Named("dataset", "verdict", "number", "value", "difference", "samples", "run"),
                    [.. datasets.Select(dataset => new Row(dataset.ToEntry(suite.Suite).Dataset, CellsOf(dataset)))]
                )
                {
                    Label = $"{name} datasets",
                },
            ]
        );
    }

    private static IReadOnlyList<Cell> CellsOf(SuiteDataset dataset)
    {
        var headline = dataset.Headline;
        return
        [
            dataset.Verdict is { } verdict ? VerdictNames.NameOf(verdict) : dataset.ErrorCode ?? dataset.Status?.ToString(),
            headline?.Name,
            headline is null ? null : ReportText.WithInterval(headline),
            headline?.Difference is null ? Cell.None : ReportText.Difference(headline),
            dataset.Samples is { } samples ? ReportText.Count(samples) : null,
            dataset.RunId is { } runId ? new Cell(runId) { Href = $"/api/evaluations/{runId}/report" } : Cell.None,
        ];
    }
}
