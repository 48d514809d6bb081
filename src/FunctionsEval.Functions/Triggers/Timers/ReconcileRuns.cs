using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Protocols.Embeddings;
using FunctionsEval.Functions.ModelClients.Protocols.Completions;
using FunctionsEval.Functions.ModelClients.Protocols.Choices;
using FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients;
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
