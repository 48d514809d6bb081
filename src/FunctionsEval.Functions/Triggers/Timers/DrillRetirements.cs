using FunctionsEval.Functions.Runs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Triggers.Timers;

/// <summary>Four times a day evaluates the replacements of models whose retirement comes near (<c>onRetirement</c>).</summary>
internal sealed class DrillRetirements(RetirementDrills drills)
{
    [Function(nameof(DrillRetirements))]
    public Task RunAsync(
        [TimerTrigger("0 20 */6 * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    ) => drills.StartDueAsync(durable, cancellationToken);
}
