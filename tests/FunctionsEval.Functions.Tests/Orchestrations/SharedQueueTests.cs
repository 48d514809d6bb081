using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Orchestrations;
using Microsoft.DurableTask;

namespace FunctionsEval.Functions.Tests.Orchestrations;

/// <summary>
/// Several runs on one instance: their activities wait in one queue, first come, first served, for eight places. The clock is virtual.
/// </summary>
public sealed class SharedQueueTests
{
    private const int Places = 8;
    private static readonly TimeSpan ShardTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StepTime = TimeSpan.FromMilliseconds(200);

    [Fact]
    public void Small_run_ends_while_three_large_ones_go_on()
    {
        var (small, large) = Evaluate(PlanReport.InitialWindow);

        // Three hundred shards of ten seconds on eight places are six minutes; the small run's first activity waits for the forty-eight that
        // the large ones begin with, and its six others for a few each.
        Assert.InRange(large, TimeSpan.FromMinutes(6), TimeSpan.FromMinutes(7));
        Assert.True(small < large / 3, $"The small run ended after {small}, the large ones after {large}.");
    }

    [Fact]
    public void Without_a_window_it_ends_behind_every_shard_of_theirs()
    {
        var (small, large) = Evaluate(window: 0);

        Assert.True(small > large * 0.9, $"The small run ended after {small}, the large ones after {large}.");
    }

    [Fact]
    public void Window_does_not_make_a_single_run_slower()
    {
        var orchestration = Queue();
        orchestration.Run(context => ShardLoop.EvaluateAsync(context, Group(0, 100, PlanReport.InitialWindow), Never));

        var ideal = ShardTime * 100 / Places;
        Assert.InRange(Elapsed(orchestration), ideal, ideal + (2 * ShardTime));
    }

    private static readonly Task Never = new TaskCompletionSource().Task;

    private static (TimeSpan Small, TimeSpan Large) Evaluate(int window)
    {
        var orchestration = Queue();
        var small = TimeSpan.Zero;
        orchestration.Run(async context =>
        {
            var large = Task.WhenAll(Enumerable.Range(0, 3).Select(run => ToEndAsync(context, run, window)));
            await StepAsync(context, nameof(PlanShards));
            await ShardLoop.EvaluateAsync(context, Group(3, 2, window), Never);
            foreach (var step in new[] { nameof(WriteSamples), nameof(WriteSummary), nameof(CommitRun) })
            {
                await StepAsync(context, step);
            }

            small = Elapsed(context);
            await large;
            return 0;
        });
        return (small, Elapsed(orchestration));
    }

    private static async Task ToEndAsync(TaskOrchestrationContext context, int run, int window)
    {
        var group = Group(run, 100, window);
        while (await ShardLoop.EvaluateAsync(context, group, Never) is { Unfinished: [_, ..] unfinished })
        {
            group = group with { Pending = unfinished };
        }
    }

    private static Task<RunFailure?> StepAsync(TaskOrchestrationContext context, string name) =>
        context.CallActivityAsync<RunFailure?>(new TaskName(name), "small");

    private static TimeSpan Elapsed(TaskOrchestrationContext context) =>
        context.CurrentUtcDateTime - new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private static ShardGroup Group(int run, int shards, int window) =>
        new($"run{run}", ["candidate"], 0, shards, DateTime.MaxValue) { Window = window };

    /// <summary>A queue with eight places: a call begins when one is free, and says how long it waited.</summary>
    private static VirtualOrchestration Queue()
    {
        var free = new PriorityQueue<int, DateTime>(Enumerable.Range(0, Places).Select(place => (place, DateTime.MinValue)));
        VirtualOrchestration? queue = null;
        queue = new VirtualOrchestration(new object())
        {
            Answer = (name, _) =>
            {
                free.TryDequeue(out var place, out var from);
                var waited = from > queue!.CurrentUtcDateTime ? from - queue.CurrentUtcDateTime : TimeSpan.Zero;
                var took = waited + (name == nameof(EvaluateShard) ? ShardTime : StepTime);
                free.Enqueue(place, queue.CurrentUtcDateTime + took);
                return (name == nameof(EvaluateShard) ? ShardReport.Completed with { Waited = waited } : null, took);
            },
        };
        return queue;
    }
}
