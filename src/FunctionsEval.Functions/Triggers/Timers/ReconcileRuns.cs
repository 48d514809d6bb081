using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Triggers.Timers;

/// <summary>
/// Every minute, in every deployment, continues or ends runs, suite runs and jobs that have not ended and have no live orchestration, because a starter
/// ended, a history was lost or an orchestration failed; and says of Durable's queues when nobody takes their messages. It may run on several
/// hosts at once.
/// </summary>
internal sealed class ReconcileRuns(RunReconciler reconciler, SuiteReconciler suites, HubQueues queues)
{
    [Function(nameof(ReconcileRuns))]
    public async Task RunAsync(
        [TimerTrigger("0 * * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        await reconciler.ReconcileAllAsync(durable, cancellationToken);
        await suites.ReconcileAllAsync(durable, cancellationToken);
        await queues.CheckAsync(cancellationToken);
    }
}
