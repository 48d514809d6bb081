using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Orchestrations;

namespace FunctionsEval.Functions.Tests.Orchestrations;

/// <summary>The life of deployments that the app makes, on a clock of its own.</summary>
public sealed class DeployedEvaluationTests
{
    private static readonly FineTuningRequest Day = new("ftjob-1", TimeSpan.FromDays(1), TimeSpan.FromMinutes(1))
    {
        RemoveAfter = TimeSpan.FromHours(24),
    };

    private static readonly FineTuningRuns Ended = new(HasEnded: true, "ft:1", []) { Waiting = [new WaitingRun("ev-1", 0)] };
    private static readonly DeployedModels Ready = new(AreReady: true, ["fe-1-final", "fe-2-step-90"]);
    private static readonly DeployedModels NotReady = new(AreReady: false, ["fe-1-final"]);

    private readonly OrchestrationScript _context = new(Day);
    private int _deployments;
    private int _removals;
    private TunedRuns _runs = new([new WaitingRun("ev-1", 0)], 0);

    public DeployedEvaluationTests()
    {
        _context.Answers[nameof(ReserveTunedRuns)] = _ => Ended;
        _context.Answers[nameof(FindTunedRuns)] = _ => _runs;
        _context.Answers[nameof(DeployTunedModels)] = _ => ++_deployments < 4 ? NotReady : Ready;
        _context.Answers[nameof(ReleaseTunedRuns)] = _ =>
        {
            _runs = new TunedRuns([], 1);
            return true;
        };
        _context.Answers[nameof(CommitRun)] = _ =>
        {
            _runs = new TunedRuns([], 0);
            return null;
        };
        _context.Answers[nameof(RemoveTunedModels)] = _ => ++_removals == 3;
    }

    private IReadOnlyList<string> Steps => [.. _context.Calls.Select(call => call.Activity).Where(name => name != nameof(FindTunedRuns))];

    [Fact]
    public async Task Models_are_deployed_then_the_runs_released_then_all_is_removed_when_they_have_ended()
    {
        var looks = 0;
        _context.Answers[nameof(FindTunedRuns)] = _ => _runs.UnderWay > 0 && ++looks == 40 ? _runs = new TunedRuns([], 0) : _runs;

        await RunAsync();

        Assert.Equal(
            [
                nameof(ReserveTunedRuns),
                .. Enumerable.Repeat(nameof(DeployTunedModels), 4),
                nameof(ReleaseTunedRuns),
                .. Enumerable.Repeat(nameof(RemoveTunedModels), 3),
            ],
            Steps
        );
        var wait = Assert.IsType<DeploymentWait>(_context.Calls.Single(call => call.Activity == nameof(ReleaseTunedRuns)).Input);
        Assert.Equal(["ev-1"], wait.RunIds);
        Assert.Equal((Ready, true), (wait.Deployed, wait.Schedules));
        Assert.True(_context.MaxCallsInOneHistory < 60, $"{_context.MaxCallsInOneHistory} calls in one history");
    }

    [Fact]
    public async Task Refusal_ends_the_waiting_runs_and_removes_what_is_there()
    {
        var refusal = new RunFailure("deployment_refused", "No quota.");
        _context.Answers[nameof(DeployTunedModels)] = _ => NotReady with { Failure = refusal };

        await RunAsync();

        Assert.Equal(refusal, Assert.Single(Ends()).Failure);
        Assert.Equal(3, _removals);
        Assert.DoesNotContain(nameof(ReleaseTunedRuns), Steps);
    }

    [Theory]
    [InlineData(24)]
    [InlineData(30 * 24)]
    public async Task Deployment_that_is_never_ready_ends_the_runs_in_time_and_is_removed(int deadlineHours)
    {
        var context = new OrchestrationScript(Day with { Deadline = TimeSpan.FromHours(deadlineHours) });
        foreach (var (activity, answer) in _context.Answers)
        {
            context.Answers[activity] = answer;
        }

        context.Answers[nameof(DeployTunedModels)] = _ => NotReady with { Problem = "RequestConflict: busy" };
        var began = context.CurrentUtcDateTime;

        await context.RunToEndAsync(FineTuneFinished.RunAsync);

        var end = (RunEnd)Assert.Single(context.Calls, call => call.Activity == nameof(CommitRun)).Input!;
        Assert.Equal("deployment_not_found", end.Failure!.Code);
        Assert.Contains("RequestConflict: busy", end.Failure.Message, StringComparison.Ordinal);
        Assert.True(end.OnlyIfWaiting);
        Assert.InRange(context.CurrentUtcDateTime - began, TimeSpan.FromHours(23.5), TimeSpan.FromHours(24.5));
        Assert.Equal(3, _removals);
    }

    [Fact]
    public async Task Runs_that_do_not_end_keep_no_deployment_beyond_its_time()
    {
        var began = _context.CurrentUtcDateTime;

        await RunAsync();

        Assert.Equal(3, _removals);
        Assert.InRange(_context.CurrentUtcDateTime - began, TimeSpan.FromHours(24), TimeSpan.FromHours(24.5));
        Assert.True(_context.MaxCallsInOneHistory < 60, $"{_context.MaxCallsInOneHistory} calls in one history");
    }

    [Fact]
    public async Task Run_that_is_resumed_while_another_is_evaluated_waits_for_its_deployment_again()
    {
        var (looks, released) = (0, 0);
        _context.Answers[nameof(ReleaseTunedRuns)] = _ =>
        {
            _runs = new TunedRuns([], ++released);
            return true;
        };
        _context.Answers[nameof(FindTunedRuns)] = _ =>
            (_runs.UnderWay, ++looks) switch
            {
                (1, > 10) => _runs = new TunedRuns([new WaitingRun("ev-2", 1)], 1),
                (2, > 20) => _runs = new TunedRuns([], 0),
                _ => _runs,
            };

        await RunAsync();

        Assert.Equal(2, _context.Calls.Count(call => call.Activity == nameof(ReleaseTunedRuns)));
        Assert.Equal(3, _removals);
    }

    [Fact]
    public async Task Activities_that_fail_for_an_hour_are_tried_again_and_nothing_is_left()
    {
        var back = _context.CurrentUtcDateTime.AddHours(1);
        foreach (var (activity, answer) in _context.Answers.ToList())
        {
            _context.Answers[activity] = input =>
                _context.CurrentUtcDateTime < back ? throw OrchestrationScript.Fault(activity) : answer(input);
        }

        var looks = 0;
        _context.Answers[nameof(FindTunedRuns)] = _ =>
            _context.CurrentUtcDateTime < back ? throw OrchestrationScript.Fault(nameof(FindTunedRuns))
            : _runs.UnderWay > 0 && ++looks == 3 ? _runs = new TunedRuns([], 0)
            : _runs;

        await RunAsync();

        Assert.Contains(nameof(ReleaseTunedRuns), Steps);
        Assert.Equal(3, _removals);
    }

    [Fact]
    public async Task Removal_that_never_succeeds_is_left_to_the_sweep()
    {
        _context.Answers[nameof(DeployTunedModels)] = _ => NotReady with { Failure = new RunFailure("deployment_refused", "No quota.") };
        _context.Answers[nameof(RemoveTunedModels)] = _ => throw OrchestrationScript.Fault(nameof(RemoveTunedModels));

        await RunAsync();

        Assert.InRange(_context.Calls.Count(call => call.Activity == nameof(RemoveTunedModels)), 50, 100);
    }

    [Fact]
    public async Task Job_without_a_model_deploys_and_removes_nothing()
    {
        _context.Answers[nameof(ReserveTunedRuns)] = _ => Ended with { TunedModel = null };

        await RunAsync();

        Assert.Equal("fine_tune_failed", Assert.Single(Ends()).Failure!.Code);
        Assert.Equal([nameof(ReserveTunedRuns), nameof(CommitRun)], Steps);
    }

    [Fact]
    public async Task Job_that_no_suite_is_for_deploys_nothing()
    {
        _runs = new TunedRuns([], 0);

        await RunAsync();

        Assert.Equal([nameof(ReserveTunedRuns)], Steps);
    }

    private IEnumerable<RunEnd> Ends() =>
        _context.Calls.Where(call => call.Activity == nameof(CommitRun)).Select(call => (RunEnd)call.Input!);

    private Task RunAsync() => _context.RunToEndAsync(FineTuneFinished.RunAsync);
}
