using Azure.Storage.Blobs;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Triggers.Events;

/// <summary>
/// Handles a blob that arrived in the <c>datasets</c> container. It only reserves and schedules runs, so that a repeated delivery changes
/// nothing.
/// </summary>
internal sealed class DatasetUploaded(Uploads uploads)
{
    [Function(nameof(DatasetUploaded))]
    public Task RunAsync(
        [BlobTrigger(StorageNames.Datasets + "/{name}", Connection = "AzureWebJobsStorage")] BlobClient blob,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    ) => uploads.StartAsync(blob.Name, durable, cancellationToken);
}
