using System.Globalization;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Messages;
using Microsoft.DurableTask;

namespace FunctionsEval.Functions.Orchestrations;

/// <summary>
/// Distributes a run's work items to <see cref="EvaluateShardGroup"/> instances, a few at a time, and ends the waiting ones when the run
/// cannot continue.
/// </summary>
internal sealed class ShardGroups
{
    /// <summary>Groups under way at once: enough for any number of instances, few enough for a short queue.</summary>
    private const int MaxGroups = 8;

    private readonly TaskOrchestrationContext _context;
    private readonly ShardWindow _places;
    private readonly SortedSet<string> _underWay = new(StringComparer.Ordinal);
    private readonly GroupOrder _order;
    private RunFailure? _stop;

    private ShardGroups(TaskOrchestrationContext context, ShardGroup[] groups)
    {
        _context = context;
        _places = new ShardWindow(groups[0].Window > 0 ? MaxGroups : 0);
        _order = new GroupOrder(context, groups, InstanceOf);
    }

    /// <summary>Evaluates groups.</summary>
    /// <returns>The reason why the run fails, else the reason why it stops; null for neither.</returns>
    public static async Task<RunFailure?> EvaluateAsync(TaskOrchestrationContext context, IEnumerable<ShardGroup> groups, Task cancelled)
    {
        ShardGroup[] all = [.. groups];
        var evaluation = new ShardGroups(context, all);
        evaluation._order.Start();
        _ = evaluation.StopWhenAsync(cancelled);
        await Task.WhenAll(all.Select(evaluation.EvaluateAsync));
        return evaluation._stop;
    }

    private async Task StopWhenAsync(Task cancelled)
    {
        await cancelled;
        Stop(RunFailure.Cancelled);
    }

    private async Task EvaluateAsync(ShardGroup group)
    {
        await _order.TurnAsync(group);
        await _places.EnterAsync();
        // A group that settles must read the existing answers, whatever stopped the run.
        if (_stop is null || group.IsSettling || group.Window == 0)
        {
            // A version before there was a window left the id to the framework.
            var options = group.Window > 0 ? new SubOrchestrationOptions(instanceId: InstanceOf(group)) : null;
            if (options?.InstanceId is { } instance)
            {
                _underWay.Add(instance);
            }

            var reason = await CallAsync(_order.Begin(group, isStopped: _stop is not null), options);
            if (options?.InstanceId is { } ended)
            {
                _underWay.Remove(ended);
            }

            if (reason is not null)
            {
                Stop(reason);
            }
        }

        _order.End(group);
        _places.Leave(waited: null);
    }

    private async Task<RunFailure?> CallAsync(ShardGroup group, SubOrchestrationOptions? options)
    {
        try
        {
            return await _context.CallSubOrchestratorAsync<RunFailure?>(nameof(EvaluateShardGroup), group, options);
        }
        catch (TaskFailedException fault)
        {
            return RunFailure.Internal(group.RunId, fault.TaskName, fault.FailureDetails.ErrorType);
        }
    }

    private string InstanceOf(ShardGroup group) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{_context.InstanceId}:{(group.IsSettling ? "settle" : "evaluate")}{group.First / EvaluateDataset.GroupSize}"
        );

    /// <summary>Records why the run cannot continue, and ends the wait of the waiting groups.</summary>
    private void Stop(RunFailure reason)
    {
        if (_stop is not null && !(_stop.IsStop && !reason.IsStop))
        {
            return;
        }

        var isFirst = _stop is null;
        _stop = reason;
        if (!isFirst)
        {
            return;
        }

        foreach (var instance in _underWay)
        {
            _context.SendEvent(instance, OrchestrationNames.CancelEvent, true);
        }
    }
}
