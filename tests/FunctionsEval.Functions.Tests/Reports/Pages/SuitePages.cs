using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Suites;
using FunctionsEval.Functions.Reports;

namespace FunctionsEval.Functions.Tests.Reports.Pages;

/// <summary>The page of a suite run.</summary>
internal static class SuitePages
{
    public static string Write() => HtmlReport.Write(Suite(), RunOverview.DefaultCurrency);

    public static SuiteRun Suite() =>
        new()
        {
            SuiteRunId = "es-1",
            Status = RunStatus.Completed,
            Suite = "tickets",
            Name = "Tickets",
            Model = "tuned",
            Baseline = "base",
            Started = new DateTimeOffset(2026, 11, 27, 13, 4, 0, TimeSpan.Zero),
            Finished = new DateTimeOffset(2026, 11, 27, 13, 9, 0, TimeSpan.Zero),
            Verdict = VerdictResult.Fail,
            VerdictReasons = [new RuleVerdict(VerdictResult.Fail, "long.jsonl fails: Accuracy 70 % is less than 80 %")],
            Warnings = ["The advisory dataset old.jsonl fails."],
            Samples = 500,
            Cost = 1.25,
            Datasets =
            [
                Dataset("tickets/test.jsonl", SuiteTier.Critical, VerdictResult.Pass, 0.92),
                Dataset("tickets/long.jsonl", SuiteTier.Supporting, VerdictResult.Fail, 0.7),
                new SuiteDataset("tickets/" + new string('d', 300), SuiteTier.Advisory)
                {
                    ErrorCode = "dataset_missing",
                    ErrorMessage = "There is no such dataset.",
                },
            ],
        };

    private static SuiteDataset Dataset(string name, SuiteTier tier, VerdictResult verdict, double accuracy) =>
        new(name, tier)
        {
            RunId = $"ev-{accuracy}",
            Status = RunStatus.Completed,
            Verdict = verdict,
            Samples = 250,
            Headline = new MetricValue
            {
                Role = Roles.Candidate,
                Name = "accuracy",
                Slice = "all",
                Value = accuracy,
                Lower = accuracy - 0.04,
                Upper = accuracy + 0.03,
                Samples = 250,
                HigherIsBetter = true,
                Difference = 0.1,
                DifferenceLower = 0.02,
                DifferenceUpper = 0.18,
                PValue = 0.01,
                Reading = MetricReading.Better,
                Signature = "",
            },
        };
}
