using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Triggers.Timers;

/// <summary>
/// Looks for recent uploads that the polling blob trigger has missed: it compares times of one second's resolution, so a
/// dataset that arrives in the same second as its spec, just after a scan, is never seen by it. A version that has a run,
/// or had one that did not fail, is left alone: a spec that is edited later starts nothing that somebody pays for.
/// </summary>
internal sealed class SweepDatasets(Uploads uploads, DatasetStore datasets, TimeProvider time)
{
    private static readonly TimeSpan LookBack = TimeSpan.FromMinutes(10);

    [Function(nameof(SweepDatasets))]
    public async Task RunAsync(
        [TimerTrigger("*/15 * * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        await foreach (var dataset in datasets.ModifiedAsync(time.GetUtcNow() - LookBack, cancellationToken))
        {
            await uploads.StartRecentAsync(dataset, durable, cancellationToken);
        }
    }
}
