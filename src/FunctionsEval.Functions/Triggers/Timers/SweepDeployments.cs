using FunctionsEval.Functions.Runs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Triggers.Timers;

/// <summary>
/// Every ten minutes removes the deployments that the app made (<c>FineTuning__Deploy</c>) and that nothing needs any longer, because an
/// orchestration was lost, was terminated, or gave up.
/// </summary>
internal sealed class SweepDeployments(DeploymentSweep sweep)
{
    [Function(nameof(SweepDeployments))]
    public Task RunAsync(
        [TimerTrigger("15 */10 * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    ) => sweep.SweepAsync(durable, cancellationToken);
}
