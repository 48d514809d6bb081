using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Messages;

namespace FunctionsEval.Functions.Orchestrations;

/// <summary>
/// Decides when a work item is called again that a call did not finish, and when it is not: after an outage that lasts too long, and at the
/// run's deadline. For use in an orchestrator: it decides by what is reported alone.
/// </summary>
internal static class ShardBackoff
{
    /// <summary>Calls in a row in which the endpoint throttles the few samples that are left, before they are given up.</summary>
    private const int MaxThrottledCalls = 3;

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(1);

    /// <summary>The item to continue with after a call that did not finish it, or why the run cannot continue.</summary>
    /// <param name="item">The item that was called.</param>
    /// <param name="report">What the call reported.</param>
    /// <param name="now">The orchestration's time.</param>
    /// <param name="deadline">The run's deadline.</param>
    /// <returns>One of both; the other is null.</returns>
    public static (PendingItem? Next, RunFailure? Stop) After(PendingItem item, ShardReport report, DateTime now, DateTime deadline)
    {
        var isStalled = report.Progress == 0 && report.Status is ShardStatus.Unreachable or ShardStatus.Throttled;
        var next = isStalled
            ? item with
            {
                StalledSince = item.StalledSince ?? now,
                Stalls = item.Stalls + 1,
            }
            : new PendingItem(item.Item, GivesUp: item.GivesUp);
        var wait = report.RetryAfter;
        if (report.GotNoSlot)
        {
            next = next with { WithoutSlot = item.WithoutSlot + 1 };
            // Others make progress meanwhile, so this wait alone does not end the run at its deadline.
            wait = Wait(next.WithoutSlot, (deadline - now) / 2);
        }

        if (report.Status == ShardStatus.Unreachable)
        {
            var remaining = (next.StalledSince ?? now) + report.OutageLimit - now;
            if (isStalled && remaining <= TimeSpan.Zero)
            {
                return GiveUp(next, report, now);
            }

            // The wait that the endpoint asks for is honoured, although it counts.
            var own = Wait(next.Stalls, isStalled ? remaining : MaxWait);
            wait = wait > own ? wait : own;
        }
        else if (isStalled && report.FewAreLeft && next.Stalls >= MaxThrottledCalls)
        {
            next = next with { GivesUp = true };
        }

        return now + wait >= deadline ? (null, RunFailure.DeadlineReached) : (next with { NotBefore = now + wait }, null);
    }

    /// <summary>A model was unreachable for too long: the few remaining samples are given up, otherwise the run.</summary>
    private static (PendingItem? Next, RunFailure? Stop) GiveUp(PendingItem item, ShardReport report, DateTime now) =>
        report.FewAreLeft && !item.GivesUp ? (item with { NotBefore = now, GivesUp = true }, null) : (null, report.Failure!);

    /// <summary>The wait after a number of calls in vain: it doubles each time, within bounds.</summary>
    private static TimeSpan Wait(int times, TimeSpan remaining) =>
        // Bounded before it is multiplied: a time that doubles without end overflows.
        Min(Min(FirstWait * Math.Pow(2, Math.Clamp(times - 1, 0, 10)), MaxWait), remaining);

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
