using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Orchestrations;

/// <summary>The order of a group's steps, on a clock of its own.</summary>
public sealed class EvaluateCandidatesTests
{
    private static readonly GroupProgress Group = new(
        new RunRequest("ev-group", new DatasetVersion("s/t.jsonl", "0x1", 10, null), TimeSpan.FromDays(1), Resumption: 2)
    );

    [Fact]
    public async Task Candidates_are_begun_when_the_baseline_is_complete_and_summed_up_when_all_have_ended()
    {
        var context = Create(baselineLooks: 3, candidateLooks: 4);

        await context.RunToEndAsync(EvaluateCandidates.RunAsync);

        Assert.Equal(
            ["Baseline", "Baseline", "Baseline", "Candidates", "Candidates", "Candidates", "Candidates", "sum", "commit"],
            context.Calls.Select(NameOf)
        );
        var sum = context.Calls.Select(call => call.Input).OfType<SummaryRequest>().Single();
        Assert.Equal(("ev-group", 2, true), (sum.RunId, sum.Resumption, sum.IsComplete));
        Assert.Null(EndOf(context).Failure);
    }

    [Fact]
    public async Task Every_step_has_the_deadline_that_the_group_began_with()
    {
        var context = Create(baselineLooks: 100, candidateLooks: 100);
        var until = context.CurrentUtcDateTime.AddDays(1);

        await context.RunToEndAsync(EvaluateCandidates.RunAsync);

        Assert.All(context.Calls.Select(call => call.Input).OfType<GroupStep>(), step => Assert.Equal(until, step.Until));
    }

    [Fact]
    public async Task Wait_of_a_day_keeps_its_history_small_and_looks_at_least_twice_a_minute()
    {
        var context = Create(baselineLooks: 2, candidateLooks: 2880);
        var began = context.CurrentUtcDateTime;

        await context.RunToEndAsync(EvaluateCandidates.RunAsync);

        Assert.InRange(context.CurrentUtcDateTime - began, TimeSpan.FromHours(20), TimeSpan.FromDays(1));
        Assert.InRange(context.MaxCallsInOneHistory, 1, 25);
    }

    [Fact]
    public async Task Baseline_that_failed_ends_the_group_and_no_candidate_is_begun()
    {
        var context = Create(baselineLooks: 1, candidateLooks: 1);
        var failure = new RunFailure("baseline_failed", "Fix it.");
        context.Answers[nameof(FollowCandidates)] = _ => new GroupReport(0, failure);

        await context.RunToEndAsync(EvaluateCandidates.RunAsync);

        Assert.Equal(["Baseline", "stop", "commit"], context.Calls.Select(NameOf));
        Assert.Equal(failure, EndOf(context).Failure);
    }

    [Fact]
    public async Task Stopped_group_is_summed_up_as_incomplete()
    {
        var context = Create(baselineLooks: 1, candidateLooks: 1);
        context.Answers[nameof(FollowCandidates)] = step =>
            ((GroupStep)step!).Stage == GroupStage.Baseline ? new GroupReport(0) : new GroupReport(0, RunFailure.OverBudget);

        await context.RunToEndAsync(EvaluateCandidates.RunAsync);

        Assert.False(context.Calls.Select(call => call.Input).OfType<SummaryRequest>().Single().IsComplete);
        Assert.Equal(RunFailure.OverBudget, EndOf(context).Failure);
    }

    [Fact]
    public async Task Cancellation_ends_a_wait_at_once()
    {
        var context = Create(baselineLooks: 1, candidateLooks: 1);
        context.Cancellation.SetResult(true);
        var looks = 0;
        context.Answers[nameof(FollowCandidates)] = _ => looks++ < 2 ? new GroupReport(3) : new GroupReport(0, RunFailure.Cancelled);

        await context.RunToEndAsync(EvaluateCandidates.RunAsync);

        Assert.Equal(RunFailure.Cancelled, EndOf(context).Failure);
    }

    [Fact]
    public async Task Group_that_was_resumed_since_ends_without_a_trace()
    {
        var context = Create(baselineLooks: 1, candidateLooks: 1);
        context.Answers[nameof(FollowCandidates)] = _ => new GroupReport(0, RunFailure.Superseded);

        await context.RunToEndAsync(EvaluateCandidates.RunAsync);

        Assert.Equal(["Baseline"], context.Calls.Select(NameOf));
    }

    [Fact]
    public async Task Step_that_fails_in_every_attempt_stops_the_runs_and_ends_the_group_even_if_they_cannot_be_stopped()
    {
        var context = Create(baselineLooks: 1, candidateLooks: 1);
        context.Answers[nameof(FollowCandidates)] = _ => throw OrchestrationScript.Fault(nameof(FollowCandidates));
        context.Answers[nameof(StopCandidates)] = _ => throw OrchestrationScript.Fault(nameof(StopCandidates));

        await context.RunToEndAsync(EvaluateCandidates.RunAsync);

        Assert.Equal("internal_error", EndOf(context).Failure!.Code);
    }

    private static OrchestrationScript Create(int baselineLooks, int candidateLooks)
    {
        var context = new OrchestrationScript(Group);
        var looks = new Dictionary<GroupStage, int> { [GroupStage.Baseline] = baselineLooks, [GroupStage.Candidates] = candidateLooks };
        context.Answers[nameof(FollowCandidates)] = step => new GroupReport(--looks[((GroupStep)step!).Stage] > 0 ? 1 : 0);
        context.Answers[nameof(WriteCandidates)] = _ => null;
        context.Answers[nameof(StopCandidates)] = _ => null;
        context.Answers[nameof(CommitRun)] = _ => null;
        return context;
    }

    private static RunEnd EndOf(OrchestrationScript context) => context.Calls.Select(call => call.Input).OfType<RunEnd>().Single();

    private static string NameOf((string Activity, object? Input) call) =>
        call switch
        {
            { Input: GroupStep step } => step.Stage.ToString(),
            { Activity: nameof(WriteCandidates) } => "sum",
            { Activity: nameof(StopCandidates) } => "stop",
            _ => "commit",
        };
}
