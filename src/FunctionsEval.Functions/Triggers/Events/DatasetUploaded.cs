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
using Azure.Storage.Blobs;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Triggers.Events;

/// <summary>
/// A blob arrived in the <c>datasets</c> container. Reserves and schedules a run, nothing else, so that a redelivery is harmless.
/// </summary>
internal sealed class DatasetUploaded(RunStarter starter)
{
    [Function(nameof(DatasetUploaded))]
    public Task RunAsync(
        [BlobTrigger(StorageNames.Datasets + "/{name}", Connection = "AzureWebJobsStorage")] BlobClient blob,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    ) => starter.StartUploadedAsync(blob.Name, durable, cancellationToken);
}
