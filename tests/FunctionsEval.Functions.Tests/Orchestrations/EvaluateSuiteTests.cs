using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Orchestrations;

namespace FunctionsEval.Functions.Tests.Orchestrations;

/// <summary>The wait for the runs of a suite run, on a clock of its own.</summary>
public sealed class EvaluateSuiteTests
{
    private const string Id = "es-1";

    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly SuiteRequest Day = new(Id, TimeSpan.FromDays(1), Resumption: 0)
    {
        NotifiedWebhook = "ci",
        NotifiesQueue = true,
    };

    [Fact]
    public void Suite_run_ends_soon_after_its_last_run_and_is_told_once_to_each_receiver()
    {
        var ended = TimeSpan.FromMinutes(10);
        var (calls, inputs) = Run(Day, after => new SuiteLook(after < ended ? 2 : 0, 1));

        var end = Assert.Single(calls, call => call.Name == nameof(CommitSuite));
        Assert.Null(((SuiteEnd)end.Input).Failure);
        Assert.InRange(((SuiteEnd)end.Input).Finished - Start, ended, ended + EvaluateSuite.MaxWait + TimeSpan.FromSeconds(1));
        Assert.Single(calls, call => call.Name == nameof(StartSuiteRuns));
        Assert.Equal(
            [(nameof(NotifyWebhook), "ci"), (nameof(NotifyQueue), "")],
            calls.Where(call => call.Input is NotifyRequest).Select(call => (call.Name, ((NotifyRequest)call.Input).Webhook))
        );
        Assert.All(calls.Select(call => call.Input).OfType<NotifyRequest>(), told => Assert.True(told is { IsSuite: true, RunId: Id }));
        Assert.Single(inputs.Distinct(), Day);
    }

    [Fact]
    public void Wait_of_a_day_ends_at_the_deadline_and_keeps_every_history_small()
    {
        var (calls, inputs) = Run(Day, _ => new SuiteLook(1, 1));

        var end = (SuiteEnd)Assert.Single(calls, call => call.Name == nameof(CommitSuite)).Input;
        Assert.Equal("deadline", end.Failure!.Code);
        Assert.InRange(end.Finished - Start, Day.Deadline, Day.Deadline + EvaluateSuite.MaxWait);
        Assert.True(inputs.Count > 10);
        Assert.Single(calls, call => call.Name == nameof(StartSuiteRuns));
    }

    [Fact]
    public void Cancelled_suite_run_stops_its_own_runs_at_once_and_does_not_wait_for_others()
    {
        var cancelled = TimeSpan.FromMinutes(30);
        var stopped = TimeSpan.FromMinutes(31);
        var (calls, _) = Run(Day, after => new SuiteLook(3, after < stopped ? 2 : 0) { CancelRequested = after >= cancelled }, cancelled);

        Assert.Equal(cancelled, Assert.Single(calls, call => call.Name == nameof(StopSuiteRuns)).At - Start);
        var end = (SuiteEnd)Assert.Single(calls, call => call.Name == nameof(CommitSuite)).Input;
        Assert.Equal("cancelled", end.Failure!.Code);
        Assert.InRange(end.Finished - Start, stopped, stopped + EvaluateSuite.MaxWait);
    }

    [Fact]
    public void Outdated_orchestration_ends_without_a_trace()
    {
        var (calls, _) = Run(Day, _ => new SuiteLook(0, 0) { IsOutdated = true });

        Assert.Equal([nameof(StartSuiteRuns), nameof(CheckSuiteRuns)], calls.Select(call => call.Name));
    }

    [Fact]
    public void Step_that_fails_in_every_attempt_ends_the_suite_run_as_failed()
    {
        var (calls, _) = Run(Day, _ => throw new InvalidOperationException("The storage is away."));

        var end = (SuiteEnd)Assert.Single(calls, call => call.Name == nameof(CommitSuite)).Input;
        Assert.Equal("internal_error", end.Failure!.Code);
        Assert.Contains(nameof(CheckSuiteRuns), end.Failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Runs it to its end, through all histories.</summary>
    private static (List<(string Name, object Input, DateTime At)> Calls, List<SuiteRequest> Inputs) Run(
        SuiteRequest request,
        Func<TimeSpan, SuiteLook> look,
        TimeSpan? cancelledAfter = null
    )
    {
        var calls = new List<(string, object, DateTime)>();
        var inputs = new List<SuiteRequest>();
        var began = TimeSpan.Zero;
        var input = request;
        while (input is not null)
        {
            inputs.Add(input);
            var before = began;
            VirtualOrchestration context = null!;
            context = new VirtualOrchestration(input)
            {
                BeganAfter = before,
                Answer = (activity, _) => (AnswerOf(activity, () => look(context.CurrentUtcDateTime - Start)), TimeSpan.Zero),
            };
            if (cancelledAfter > before)
            {
                context.At(cancelledAfter.Value - before, one => one.Raise(OrchestrationNames.CancelEvent));
            }

            context.Run(async running =>
            {
                await EvaluateSuite.RunAsync(running);
                return 0;
            });
            began = context.CurrentUtcDateTime - Start;
            calls.AddRange(context.Calls);
            input = context.Next as SuiteRequest;
        }

        return (calls, inputs);
    }

    private static object? AnswerOf(string activity, Func<SuiteLook> look)
    {
        try
        {
            return activity switch
            {
                nameof(StartSuiteRuns) => true,
                nameof(CheckSuiteRuns) => look(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            return OrchestrationScript.Fault(activity);
        }
    }
}
