using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsEval.Functions.Storage;

/// <summary>Blob, table and queue clients of the account that <see cref="StorageOptions"/> names.</summary>
internal static class StorageClients
{
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration)
    {
        var hub = TaskHub.From(configuration);
        services.AddSingleton(hub);
        Func<QueueClientOptions, QueueServiceClient> openQueues;
        if (configuration[StorageOptions.Section] is { Length: > 0 } connectionString)
        {
            services.AddSingleton<BlobServiceClient>(new HubBlobClient(hub, connectionString));
            services.AddSingleton<TableServiceClient>(new HubTableClient(hub, connectionString));
            openQueues = encoding => new QueueServiceClient(connectionString, encoding);
        }
        else
        {
            var options = configuration.GetSection(StorageOptions.Section).Get<StorageOptions>() ?? new StorageOptions();
            var credential = AppIdentity.Create(options.ClientId);
            services.AddSingleton<BlobServiceClient>(new HubBlobClient(hub, Endpoint(options.BlobServiceUri, "blob", options), credential));
            services.AddSingleton<TableServiceClient>(
                new HubTableClient(hub, Endpoint(options.TableServiceUri, "table", options), credential)
            );
            openQueues = encoding => new QueueServiceClient(Endpoint(options.QueueServiceUri, "queue", options), credential, encoding);
        }

        services.AddSingleton(_ => openQueues(AsQueueTriggersRead()));
        // Durable Functions' messages are in no encoding.
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<HubQueues>(provider, openQueues(new QueueClientOptions())));

        services.AddSingleton<DatasetStore>();
        services.AddSingleton<DatasetText>();
        services.AddSingleton<RunBlobs>();
        services.AddSingleton<ReviewLog>();
        services.AddSingleton<SampleBlobs>();
        services.AddSingleton<SuiteBlobs>();
        services.AddSingleton<OpenRuns>();
        services.AddSingleton<RunTables>();
        services.AddSingleton<RunEndTable>();
        services.AddSingleton<RunBudgetTable>();
        services.AddSingleton<EventTable>();
        return services;
    }

    private static QueueClientOptions AsQueueTriggersRead() => new() { MessageEncoding = QueueMessageEncoding.Base64 };

    private static Uri Endpoint(string? uri, string service, StorageOptions options)
    {
        if (uri is { Length: > 0 })
        {
            return new Uri(uri);
        }

        if (options.AccountName is { Length: > 0 } account)
        {
            return new Uri($"https://{account}.{service}.core.windows.net");
        }

        throw new InvalidOperationException(
            $"No storage account is configured. Set {StorageOptions.Section} to a connection string "
                + "(UseDevelopmentStorage=true for Azurite), "
                + $"or set {StorageOptions.Section}__{service}ServiceUri to the account's {service} endpoint and give the app's identity "
                + "a data role on it."
        );
    }
}
