using Microsoft.Extensions.Hosting;

namespace FunctionsEval.Functions.Storage;

/// <summary>Creates the app's containers and tables when it starts, where they are missing.</summary>
internal sealed class StorageSetup(DatasetStore datasets, RunBlobs runs, RunTables tables, EventTable events) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await datasets.CreateIfMissingAsync(cancellationToken);
        await runs.CreateIfMissingAsync(cancellationToken);
        await tables.CreateIfMissingAsync(cancellationToken);
        await events.CreateIfMissingAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
