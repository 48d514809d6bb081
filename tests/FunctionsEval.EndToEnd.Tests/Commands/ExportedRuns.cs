using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Tasks.Classification;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary>A completed run without numbers, which tests give what they look at.</summary>
internal static class ExportedRuns
{
    public static Run Run { get; } =
        new()
        {
            RunId = "ev-1",
            Name = "team/mail",
            Model = "tuned",
            Status = RunStatus.Completed,
            Dataset = "mail/test.jsonl",
            Suite = "mail",
            Started = new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero),
            Warnings = ["few samples"],
        };

    public static RunSummary Summary { get; } =
        new()
        {
            RunId = Run.RunId,
            Name = Run.Name!,
            Task = ClassificationTask.Instance,
            Dataset = new DatasetSummary(Run.Dataset, "\"1\"", 100, 3),
            Models = new Dictionary<string, string> { [Roles.Candidate] = "tuned" },
            IsComplete = true,
            Outcomes = new Dictionary<string, OutcomeCounts>(),
            Coverage = new Dictionary<string, double?>(),
            Usage = new Dictionary<string, UsageSummary>(),
            Metrics = [],
            Spec = JsonSerializer.SerializeToElement(new { task = "classification" }),
            CodeVersion = "1",
        };
}
