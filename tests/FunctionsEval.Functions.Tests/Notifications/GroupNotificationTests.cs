using System.Text.Json.Nodes;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Notifications;

namespace FunctionsEval.Functions.Tests.Notifications;

/// <summary>What is told of the end of a group of candidates.</summary>
public sealed class GroupNotificationTests
{
    /// <summary>What a queue message holds in base64.</summary>
    private const int MaxBytes = 48 * 1024;

    [Fact]
    public void Candidates_have_their_runs_their_verdicts_and_whether_they_are_recommended()
    {
        var group = GroupOf(["a", "b"]) with
        {
            Verdict = VerdictResult.Pass,
            VerdictReasons = [new RuleVerdict(VerdictResult.Pass, "a: better"), new RuleVerdict(VerdictResult.Fail, "b: worse")],
            Recommended = ["a"],
        };

        var candidates = JsonNode.Parse(Notification.From(group).Body)!["data"]!["candidates"]!.AsArray();

        Assert.Equal(
            [("a", "ev-0", "pass", true), ("b", "ev-1", "fail", false)],
            candidates.Select(candidate =>
                ((string)candidate!["model"]!, (string)candidate["runId"]!, (string)candidate["verdict"]!, (bool)candidate["recommended"]!)
            )
        );
    }

    [Fact]
    public void Largest_notification_of_a_group_fits_into_a_queue_message()
    {
        var name = new string('漢', BlobNames.MaxLength);
        var names = Enumerable.Range(0, 20).Select(number => $"{name}{number}").ToList();
        var group = GroupOf(names) with
        {
            Verdict = VerdictResult.Pass,
            VerdictReasons = [.. names.Select(model => new RuleVerdict(VerdictResult.Pass, model))],
            Recommended = names,
            Warnings = names,
            Suite = name,
            Dataset = name,
            Model = name,
            Baseline = name,
        };

        Assert.InRange(Notification.From(group).Body.ToMemory().Length, 1, MaxBytes);
    }

    private static Run GroupOf(IReadOnlyList<string> candidates) =>
        new()
        {
            RunId = "ev-g",
            Status = RunStatus.Completed,
            Candidates = candidates,
            CandidateRuns = [.. candidates.Select((_, index) => $"ev-{index}")],
        };
}
