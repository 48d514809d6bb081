using Azure;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// Creates the app's containers and tables when it starts, where they are missing. An unreachable storage does not prevent the start: a
/// host gives up a worker that fails a few times, and an outage may be shorter than a restart of the host.
/// </summary>
internal sealed class StorageSetup(
    DatasetStore datasets,
    RunBlobs runs,
    RunTables tables,
    EventTable events,
    TimeProvider time,
    ILogger<StorageSetup> logger
) : BackgroundService
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(10);

    private bool _isDone;

    /// <exception cref="StorageSetupException">The configured storage cannot be used; the message says what to do.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _isDone = await TryAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!_isDone)
        {
            await Task.Delay(Wait, time, stoppingToken);
            _isDone = await TryAsync(stoppingToken);
        }
    }

    /// <returns>False when the storage is unreachable.</returns>
    private async Task<bool> TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(
                datasets.CreateIfMissingAsync(cancellationToken),
                runs.CreateIfMissingAsync(cancellationToken),
                tables.CreateIfMissingAsync(cancellationToken),
                events.CreateIfMissingAsync(cancellationToken)
            );
            return true;
        }
        catch (RequestFailedException refused)
        {
            return IsAway(StorageSetupException.From(refused));
        }
        catch (AggregateException unreachable) when (unreachable.InnerExceptions[^1] is RequestFailedException refused)
        {
            return IsAway(StorageSetupException.From(refused)); // After the client's own repetitions.
        }
    }

    private bool IsAway(StorageSetupException fault)
    {
        if (!fault.MayPass)
        {
            throw fault;
        }

        logger.StorageAway(fault.Message);
        return false;
    }
}

/// <summary>The app cannot start on its storage.</summary>
internal sealed class StorageSetupException(string message, RequestFailedException inner) : Exception(message, inner)
{
    /// <summary>Whether another try may succeed although no setting is changed.</summary>
    public bool MayPass => inner.Status is 0 or 408 or 429 or >= 500;

    public static StorageSetupException From(RequestFailedException refused) =>
        new(
            refused switch
            {
                { Status: 400 } when refused.Message.Contains("is not supported by Azurite", StringComparison.Ordinal) =>
                    "Azurite is older than the app's storage client. Start it with --skipApiVersionCheck, or update it.",
                { Status: 0 } =>
                    $"{StorageOptions.Section}: the storage cannot be reached ({refused.InnerException?.Message ?? refused.Message}). "
                        + "Start Azurite, or correct the setting.",
                { Status: 401 or 403 } => $"{StorageOptions.Section}: the storage refuses the app ({refused.Status} {refused.ErrorCode}). "
                    + "Check the key, or give the app's identity its roles on the account (infra/README.md).",
                _ => $"{StorageOptions.Section}: containers and tables cannot be created ({refused.Status} {refused.ErrorCode}).",
            },
            refused
        );
}
