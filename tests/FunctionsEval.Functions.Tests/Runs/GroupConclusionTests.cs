using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Runs;

namespace FunctionsEval.Functions.Tests.Runs;

/// <summary>How a group ends, by how its runs ended.</summary>
public sealed class GroupConclusionTests
{
    private static readonly Run Group = new() { RunId = "ev-g", Status = RunStatus.Running };

    [Theory]
    [InlineData("Completed,Completed,Completed", null)]
    [InlineData("Completed,Failed,Completed", null)]
    [InlineData("Failed,Failed,Failed", "candidates_failed")]
    [InlineData("Completed,Partial:budget,Failed", "budget")]
    [InlineData("Completed,Partial:deadline,Completed", "deadline")]
    [InlineData("Completed,Partial:budget,Cancelled", "cancelled")]
    [InlineData("Completed,,Completed", "cancelled")]
    public void Candidates_stop_the_group_and_fail_it_only_together(string ends, string? code) =>
        Assert.Equal(code, Find(Roles.Candidate, ends, Group)?.Code);

    [Theory]
    [InlineData("Completed", false, null)]
    [InlineData("Completed", true, "cancelled")]
    [InlineData("Failed:model_unreachable", false, "baseline_failed")]
    [InlineData("Partial:deadline", false, "deadline")]
    [InlineData("Partial:budget", false, "budget")]
    [InlineData("", true, "cancelled")]
    public void Nothing_is_compared_without_the_baseline(string end, bool isCancelled, string? code) =>
        Assert.Equal(code, Find(Roles.Baseline, end, Group with { CancelRequested = isCancelled })?.Code);

    [Fact]
    public void Failure_names_the_run_its_code_and_its_fix()
    {
        var message = Find(Roles.Baseline, "Failed:model_unreachable", Group)!.Message;

        Assert.Contains("ev-0 failed (model_unreachable): Start the server.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stage_without_a_run_goes_on_unless_the_group_is_cancelled()
    {
        Assert.Null(GroupConclusion.FindFailure(Group, [], []));
        Assert.Equal(RunFailure.Cancelled, GroupConclusion.FindFailure(Group with { CancelRequested = true }, [], []));
    }

    private static RunFailure? Find(string role, string ends, Run group)
    {
        var runs = ends.Split(',').Select(RunOf).ToList();
        var members = runs.Select((_, index) => GroupMember.From(role, $"m{index}", $"ev-{index}", run: null)).ToList();
        return GroupConclusion.FindFailure(group, members, runs);
    }

    private static Run? RunOf(string end, int index)
    {
        var parts = end.Split(':');
        return end.Length == 0
            ? null
            : new Run
            {
                RunId = $"ev-{index}",
                Status = Enum.Parse<RunStatus>(parts[0]),
                ErrorCode = parts.Length > 1 ? parts[1] : null,
                ErrorMessage = "Start the server.",
            };
    }
}
