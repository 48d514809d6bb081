using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using Microsoft.DurableTask;

namespace FunctionsEval.Functions.Orchestrations;

/// <summary>The result of a group's work items.</summary>
/// <param name="Failure">The reason why the run fails, else the reason why it stops; null for neither.</param>
/// <param name="Unfinished">The items that must be called again in another execution, so that this one's history stays short.</param>
internal sealed record ShardLoopEnd(RunFailure? Failure, IReadOnlyList<PendingItem> Unfinished)
{
    /// <summary>The group with these items.</summary>
    public required ShardGroup Rest { get; init; }
}

/// <summary>
/// Calls <c>EvaluateShard</c> for the work items of a group, each until it is finished. Item i is shard i ÷ roles for role i mod roles. One
/// execution makes a bounded number of calls; what is left then goes into the next.
/// </summary>
internal sealed class ShardLoop
{
    private const int MinCallBudget = 64;

    private readonly TaskOrchestrationContext _context;
    private readonly ShardGroup _group;
    private readonly ShardWindow _window;
    private readonly TaskCompletionSource _cut = new();
    private readonly RangeMerging? _merging;
    private readonly HashSet<int> _notCalled;
    private readonly Queue<TaskCompletionSource>[] _withoutSlot;
    private int _callsLeft;
    private RunFailure? _stop;

    private ShardLoop(TaskOrchestrationContext context, ShardGroup group, IReadOnlyList<PendingItem> items)
    {
        _context = context;
        _group = group;
        _window = new ShardWindow(group.Window);
        _merging = RangeMerging.Start(context, group, items);
        _notCalled = [.. items.Select(item => item.Item)];
        _withoutSlot = [.. group.Roles.Select(_ => new Queue<TaskCompletionSource>())];
        // A group without a window began under a version that made its calls without a bound, and goes on like that.
        _callsLeft = IsBounded ? Math.Max(MinCallBudget, 2 * items.Count) : int.MaxValue;
    }

    private bool IsBounded => _group.Window > 0;

    /// <summary>Evaluates the group's items side by side.</summary>
    /// <param name="context">The orchestration.</param>
    /// <param name="group">The items.</param>
    /// <param name="cancelled">Ends when the run is cancelled: nothing is waited for any longer.</param>
    public static async Task<ShardLoopEnd> EvaluateAsync(TaskOrchestrationContext context, ShardGroup group, Task cancelled)
    {
        var items = group.Pending ?? [.. Enumerable.Range(group.First, group.Count).Select(item => new PendingItem(item))];
        var loop = new ShardLoop(context, group, items);
        if (!group.IsSettling)
        {
            _ = loop.StopWhenAsync(cancelled);
        }

        List<PendingItem> unfinished = [.. (await Task.WhenAll(loop.Start(items))).OfType<PendingItem>()];
        var rest = group with { Pending = unfinished };
        if (loop._merging is { } merging)
        {
            await merging.EndAsync(isStopped: loop._stop is not null, cancelled);
            rest = merging.Keep(rest);
        }

        return new ShardLoopEnd(loop._stop, unfinished) { Rest = rest };
    }

    /// <summary>
    /// Starts the items. Where the candidate's answers are compared with the baseline's, an item of the candidate follows that of the
    /// baseline for the same shard; one whose baseline is not among the items has it finished.
    /// </summary>
    private List<Task<PendingItem?>> Start(IReadOnlyList<PendingItem> items)
    {
        if (!_group.BaselineFirst || _group.IsSettling)
        {
            return [.. items.Select(ToEndAsync)];
        }

        var baselines = items.Where(item => !IsCandidates(item)).ToDictionary(item => item.Item, ToEndAsync);
        return
        [
            .. baselines.Values,
            .. items.Where(IsCandidates).Select(item => AfterAsync(baselines.GetValueOrDefault(item.Item + 1), item)),
        ];
    }

    /// <summary>Whether an item is the candidate's, whose baseline has the next number.</summary>
    private bool IsCandidates(PendingItem item) => item.Item % _group.Roles.Count == 0;

    private async Task<PendingItem?> AfterAsync(Task<PendingItem?>? baseline, PendingItem item) =>
        baseline is not null && await baseline is not null ? item : await ToEndAsync(item);

    private async Task StopWhenAsync(Task cancelled)
    {
        await cancelled;
        Stop(RunFailure.Cancelled);
    }

    /// <summary>Records why the run cannot continue. A failure takes precedence over a stop.</summary>
    private void Stop(RunFailure reason)
    {
        if (_stop is null || (_stop.IsStop && !reason.IsStop))
        {
            _stop = reason;
        }

        if (IsBounded)
        {
            _cut.TrySetResult();
        }
    }

    /// <summary>Calls an item until it is finished, or nothing may be called any more.</summary>
    /// <returns>Null when the item is finished or the run cannot continue; otherwise the item to continue with.</returns>
    private async Task<PendingItem?> ToEndAsync(PendingItem item)
    {
        while (true)
        {
            if (!await WaitAsync(item))
            {
                return item;
            }

            await _window.EnterAsync();
            if (_cut.Task.IsCompleted)
            {
                _window.Leave(waited: null);
                return item;
            }

            if (--_callsLeft == 0)
            {
                _cut.TrySetResult();
            }

            if (await CallAsync(item) is not { } report)
            {
                return null;
            }

            if (report.Status == ShardStatus.Completed)
            {
                _merging?.Finish(item, report.Lines);
                CallWaiting(item);
                return null;
            }

            if (report.Status == ShardStatus.Failed)
            {
                Stop(report.Failure!);
                return null;
            }

            var (next, stop) = ShardBackoff.After(item, report, _context.CurrentUtcDateTime, _group.Deadline);
            if (next is null)
            {
                Stop(stop!);
                return null;
            }

            item = next;
        }
    }

    /// <summary>Calls an item once; null when every attempt failed, which ends the run.</summary>
    private async Task<ShardReport?> CallAsync(PendingItem item)
    {
        if (_notCalled.Remove(item.Item) && _notCalled.Count == 0)
        {
            _merging?.TellAllAreCalled(_window.Size);
        }

        try
        {
            var report = await _context.CallActivityAsync<ShardReport>(nameof(EvaluateShard), WorkOf(item), RetryPolicies.Infrastructure);
            _window.Leave(report.Waited, report.GotNoSlot);
            return report;
        }
        catch (TaskFailedException fault)
        {
            // Set before the slot is given back, so that no waiting item makes a call.
            Stop(RunFailure.Internal(_group.RunId, fault.TaskName, fault.FailureDetails.ErrorType));
            _window.Leave(waited: null);
            return null;
        }
    }

    private ShardWork WorkOf(PendingItem item)
    {
        var roles = _group.Roles;
        return new ShardWork(
            _group.RunId,
            roles[item.Item % roles.Count],
            item.Item / roles.Count,
            _group.Deadline,
            _group.Resumption,
            _group.IsSettling
        )
        {
            GivesUp = item.GivesUp,
            Scheduled = _context.CurrentUtcDateTime,
        };
    }

    /// <summary>
    /// Waits until an item may be called again; false when nothing is waited for any longer. One that got no slot waits for its time or
    /// until another item of its role is finished, whichever comes first: slots of its model are free then.
    /// </summary>
    private async Task<bool> WaitAsync(PendingItem item)
    {
        if (_cut.Task.IsCompleted)
        {
            return false;
        }

        if (item.NotBefore <= _context.CurrentUtcDateTime)
        {
            return true;
        }

        var freed = new TaskCompletionSource();
        if (item.WithoutSlot > 0)
        {
            WithoutSlot(item).Enqueue(freed);
        }

        using var given = new CancellationTokenSource();
        var timer = _context.CreateTimer(item.NotBefore, given.Token);
        var first = await Task.WhenAny(timer, freed.Task, _cut.Task);
        freed.TrySetResult(); // It waits no longer.
        if (first != timer)
        {
            given.Cancel(); // CancelAsync would go on in another thread, which an orchestrator must not.
        }

        return first != _cut.Task;
    }

    /// <summary>The items of an item's role that wait for a slot.</summary>
    private Queue<TaskCompletionSource> WithoutSlot(PendingItem item) => _withoutSlot[item.Item % _group.Roles.Count];

    /// <summary>An item is finished: of those of its role that wait for a slot, the one that waits longest is called now.</summary>
    private void CallWaiting(PendingItem finished)
    {
        var withoutSlot = WithoutSlot(finished);
        while (withoutSlot.TryDequeue(out var waiting) && !waiting.TrySetResult())
        {
            // That one is called already.
        }
    }
}
