using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Reports.Page;

namespace FunctionsEval.Functions.Tests.Reports.Pages;

/// <summary>The page of a group of candidates.</summary>
internal static class CandidatePages
{
    public static string Write(int count)
    {
        var summary = Summary(count);
        var overview = RunOverview.From(ReportPages.RunOf(summary, failure: null), summary);
        return HtmlReport.Write(new ReportSource(overview, summary, SampleHighlights.None, []));
    }

    private static RunSummary Summary(int count)
    {
        List<string> models = [.. Enumerable.Range(0, count).Select(number => number == 3 ? new string('m', 500) : $"tickets-ft-{number}")];
        var verdicts = models.Select((_, place) => place % 3 == 1 ? VerdictResult.Fail : VerdictResult.Pass).ToList();
        var counts = new OutcomeCounts() + new OutcomeCounts { Scored = 400 };
        return new RunSummary
        {
            RunId = "ev-group",
            Name = "Tickets",
            Task = ClassificationTask.Instance,
            Dataset = new DatasetSummary("tickets/test.jsonl", "\"1\"", 1000, 400),
            Models = new Dictionary<string, string> { [Roles.Candidate] = string.Join(", ", models), [Roles.Baseline] = "base" },
            IsComplete = true,
            Verdict = new Verdict(
                VerdictResult.Pass,
                [.. models.Zip(verdicts, (model, result) => new RuleVerdict(result, $"{model}: as it is"))]
            ),
            Outcomes = new Dictionary<string, OutcomeCounts> { [Roles.Candidate] = counts, [Roles.Baseline] = counts },
            Coverage = new Dictionary<string, double?> { [Roles.Candidate] = 1, [Roles.Baseline] = 1 },
            Usage = new Dictionary<string, UsageSummary> { [Roles.Candidate] = new(1000, 100, 2.5m) },
            Metrics = [],
            Candidates = new CandidatesSummary
            {
                Baseline = "base",
                Level = 0.95,
                Tried = count,
                Verdict = null,
                Recommended = [models[0]],
                Candidates =
                [
                    .. models.Select(
                        (model, place) =>
                            new CandidateResult
                            {
                                Model = model,
                                RunId = $"ev-{place}",
                                Status = RunStatus.Completed,
                                Verdict = new Verdict(verdicts[place], [new RuleVerdict(verdicts[place], "Accuracy is what it is")]),
                                Recommended = place == 0,
                            }
                    ),
                ],
                Numbers = [Number("accuracy", models, MetricKind.Headline), Number("f1_macro", models, MetricKind.Other)],
            },
            Members =
            [
                .. models.Select(
                    (model, place) =>
                        new MemberSummary
                        {
                            Role = Roles.Candidate,
                            Model = model,
                            RunId = $"ev-{place}",
                            Status = RunStatus.Completed,
                            Outcomes = counts,
                            Coverage = 1,
                            Cost = 0.05m + (0.01m * place),
                            Gained = 10,
                            Lost = 5,
                        }
                ),
            ],
            Spec = JsonSerializer.SerializeToElement(new { task = "classification" }),
            CodeVersion = "1.0.0",
        };
    }

    private static CandidatesNumber Number(string name, List<string> models, MetricKind kind) =>
        new()
        {
            Name = name,
            Slice = "all",
            Kind = kind,
            HigherIsBetter = true,
            Baseline = 0.8,
            Candidates =
            [
                .. models.Select(
                    (model, place) =>
                        new CandidateNumber
                        {
                            Model = model,
                            Value = 0.9 - (0.01 * place),
                            Samples = 400,
                            Difference = 0.1 - (0.01 * place),
                            DifferenceLower = 0.06 - (0.01 * place),
                            DifferenceUpper = 0.14 - (0.01 * place),
                            PValue = 0.01,
                            AdjustedPValue = 0.04,
                            MayBeBest = place < 3,
                            BestLower = -0.02,
                            BestUpper = 0.03,
                        }
                ),
            ],
        };
}
