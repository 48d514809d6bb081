using FunctionsEval.Functions.Runs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Triggers.Timers;

/// <summary>
/// Every minute, in every deployment: what has not ended and has no live orchestration goes on, or ends. Starters that died, histories that
/// were lost, orchestrations that failed. It may run on several hosts at once.
/// </summary>
internal sealed class ReconcileRuns(RunReconciler reconciler)
{
    [Function(nameof(ReconcileRuns))]
    public Task RunAsync(
        [TimerTrigger("0 * * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    ) => reconciler.ReconcileAllAsync(durable, cancellationToken);
}
