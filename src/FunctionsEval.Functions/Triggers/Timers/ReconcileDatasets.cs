using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Triggers.Timers;

/// <summary>
/// Every quarter of an hour, in every deployment, starts the datasets of the last day for which no event arrived, and those that were refused
/// and that a spec of the last day may apply to. Event Grid drops an event that is refused for its key or its sign-in. A version that was
/// evaluated, whether its run failed or not, is left alone.
/// </summary>
internal sealed class ReconcileDatasets(Uploads uploads, DatasetStore datasets, TimeProvider time)
{
    private static readonly TimeSpan LookBack = TimeSpan.FromDays(1);

    [Function(nameof(ReconcileDatasets))]
    public async Task RunAsync(
        [TimerTrigger("30 */15 * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        await foreach (var blob in datasets.ModifiedAsync(time.GetUtcNow() - LookBack, cancellationToken))
        {
            await uploads.StartMissedAsync(blob, durable, cancellationToken);
        }
    }
}
