using System.Collections.Concurrent;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// Starts what an uploaded blob asks for: a dataset its run, a spec the runs of the datasets that were refused for want of it. Every way in
/// uses it, in any order and any number of times: ten deliveries start one run.
/// </summary>
internal sealed class Uploads(
    RunStarter starter,
    DatasetStore datasets,
    RunTables tables,
    EventTable events,
    TimeProvider time,
    ILogger<Uploads> logger
)
{
    /// <summary>What starts the runs of uploads.</summary>
    private const string BlobSource = "blob";

    /// <summary>Datasets that are looked at side by side when a spec has come: Event Grid waits 30 seconds for an answer.</summary>
    private const int DatasetsAtOnce = 8;

    /// <summary>Starts what an uploaded blob asks for; a dataset that cannot be evaluated gets a failed run, so that it is seen.</summary>
    /// <exception cref="AggregateException">Some of a spec's datasets could not be started; the others are.</exception>
    public Task StartAsync(string blobName, DurableTaskClient durable, CancellationToken cancellationToken) =>
        DatasetNames.Classify(blobName) is DatasetNameKind.Spec
            ? StartRefusedAsync(blobName, durable, cancellationToken)
            : StartDatasetAsync(blobName, durable, cancellationToken);

    /// <summary>
    /// As <see cref="StartAsync"/>, for a blob whose event may be lost: a dataset that has no run or was only refused, or a spec. It logs
    /// nothing about blobs that need no run, which are most blobs of a pass. What is refused again for the same spec is the same run. A
    /// version of a spec is taken once: a folder may have many datasets.
    /// </summary>
    /// <param name="blob">The blob in its current version.</param>
    /// <param name="durable">Schedules the runs.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task StartMissedAsync(DatasetVersion blob, DurableTaskClient durable, CancellationToken cancellationToken) =>
        TryAsync(
            blob.Name,
            () =>
                DatasetNames.Classify(blob.Name) is DatasetNameKind.Spec
                    ? StartRefusedOnceAsync(blob, durable, cancellationToken)
                    : StartIfAsync(runs => runs is VersionRuns.None or VersionRuns.Refused, blob, durable, cancellationToken),
            cancellationToken
        );

    /// <summary>As <see cref="StartMissedAsync"/>, for a dataset just uploaded: one whose runs all failed is started once more if its spec
    /// has changed.</summary>
    /// <param name="blob">The blob in its current version.</param>
    /// <param name="durable">Schedules the run.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task StartRecentAsync(DatasetVersion blob, DurableTaskClient durable, CancellationToken cancellationToken) =>
        TryAsync(
            blob.Name,
            () => StartIfAsync(runs => runs is not VersionRuns.Evaluated, blob, durable, cancellationToken),
            cancellationToken
        );

    /// <summary>
    /// Starts something, or logs why it cannot be started: one blob must not delay the others, and the next pass tries it again.
    /// </summary>
    private async Task TryAsync(string blobName, Func<Task> start, CancellationToken cancellationToken)
    {
        try
        {
            await start();
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            logger.NotReconciled(fault, $"{StorageNames.Datasets}/{blobName}");
        }
    }

    private async Task StartIfAsync(
        Func<VersionRuns, bool> isDue,
        DatasetVersion dataset,
        DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        if (isDue(await tables.FindRunsAsync(dataset.Name, dataset.ETag, cancellationToken)))
        {
            await starter.StartOrRecordAsync(RequestOf(dataset.Name), durable, cancellationToken);
        }
    }

    private async Task StartDatasetAsync(string blobName, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        switch (await starter.StartOrRecordAsync(RequestOf(blobName), durable, cancellationToken))
        {
            case StartResult.NoDataset ignored:
                logger.BlobIgnored(blobName, ignored.Message);
                break;
            case StartResult.TrainingFile training:
                logger.BlobIgnored(blobName, training.Message);
                break;
            case StartResult.Accepted { New: false } known:
                logger.RunKnown(known.RunId, blobName);
                break;
        }
    }

    private async Task StartRefusedOnceAsync(DatasetVersion spec, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        if (await events.IsKnownSpecAsync(spec, cancellationToken))
        {
            return;
        }

        await StartRefusedAsync(spec.Name, durable, cancellationToken);
        // Recorded afterwards: one that is recorded too early would be lost in a crash.
        await events.RememberSpecAsync(spec, time.GetUtcNow(), cancellationToken);
    }

    /// <summary>
    /// Starts the datasets that a spec may apply to and whose runs were all refused. A dataset that was evaluated is left alone: a spec that
    /// is edited later starts nothing that somebody pays for.
    /// </summary>
    private async Task StartRefusedAsync(string specName, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var faults = new ConcurrentQueue<Exception>();
        await Parallel.ForEachAsync(
            datasets.UnderSpecAsync(specName, cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = DatasetsAtOnce, CancellationToken = cancellationToken },
            async (dataset, token) =>
            {
                try
                {
                    await StartIfAsync(runs => runs is VersionRuns.Refused, dataset, durable, token);
                }
                catch (Exception fault) when (!token.IsCancellationRequested)
                {
                    faults.Enqueue(fault);
                }
            }
        );
        if (!faults.IsEmpty)
        {
            throw new AggregateException($"Some of the datasets of {StorageNames.Datasets}/{specName} could not be started.", faults);
        }
    }

    private static StartRequest RequestOf(string blobName) => new(blobName, Spec: null, Attempt: 0, BlobSource) { IsUpload = true };
}
