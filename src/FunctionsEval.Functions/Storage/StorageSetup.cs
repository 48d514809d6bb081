using Azure;
using Microsoft.Extensions.Hosting;

namespace FunctionsEval.Functions.Storage;

/// <summary>Creates the app's containers and tables when it starts, where they are missing.</summary>
internal sealed class StorageSetup(DatasetStore datasets, RunBlobs runs, RunTables tables, EventTable events) : IHostedService
{
    /// <exception cref="StorageSetupException">The storage is of no use as it is configured; the message says what to do.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await datasets.CreateIfMissingAsync(cancellationToken);
            await runs.CreateIfMissingAsync(cancellationToken);
            await tables.CreateIfMissingAsync(cancellationToken);
            await events.CreateIfMissingAsync(cancellationToken);
        }
        catch (RequestFailedException refused)
        {
            throw StorageSetupException.From(refused);
        }
        catch (AggregateException unreachable) when (unreachable.InnerExceptions[^1] is RequestFailedException refused)
        {
            throw StorageSetupException.From(refused); // After the client's own repetitions.
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>The app cannot start on its storage.</summary>
internal sealed class StorageSetupException(string message, Exception inner) : Exception(message, inner)
{
    public static StorageSetupException From(RequestFailedException refused) => new(
        refused switch
        {
            { Status: 400 } when refused.Message.Contains("is not supported by Azurite", StringComparison.Ordinal) =>
                "Azurite is older than the app's storage client. Start it with --skipApiVersionCheck, or update it.",
            { Status: 0 } =>
                $"{StorageOptions.Section}: the storage cannot be reached ({refused.InnerException?.Message ?? refused.Message}). Start Azurite, or correct the setting.",
            { Status: 401 or 403 } =>
                $"{StorageOptions.Section}: the storage refuses the app ({refused.Status} {refused.ErrorCode}). Check the key, or give the app's identity its roles on the account (infra/README.md).",
            _ => $"{StorageOptions.Section}: containers and tables cannot be created ({refused.Status} {refused.ErrorCode}).",
        },
        refused);
}
