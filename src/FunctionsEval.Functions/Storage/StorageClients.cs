using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// Blob, table and queue clients of the app's storage account: <c>AzureWebJobsStorage</c> as a connection string, or
/// <c>AzureWebJobsStorage__blobServiceUri</c>, <c>__tableServiceUri</c> (or <c>__accountName</c>) with a managed identity.
/// </summary>
internal static class StorageClients
{
    private const string Section = "AzureWebJobsStorage";

    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration[Section] is { Length: > 0 } connectionString)
        {
            services.AddSingleton(new BlobServiceClient(connectionString));
            services.AddSingleton(new TableServiceClient(connectionString));
            services.AddSingleton(new QueueServiceClient(connectionString, Queues));
        }
        else
        {
            var section = configuration.GetSection(Section);
            var credential = Credential(section);
            services.AddSingleton(new BlobServiceClient(Endpoint(section, "blob"), credential));
            services.AddSingleton(new TableServiceClient(Endpoint(section, "table"), credential));
            services.AddSingleton(_ => new QueueServiceClient(Endpoint(section, "queue"), credential, Queues));
        }

        services.AddSingleton<DatasetStore>();
        services.AddSingleton<RunBlobs>();
        services.AddSingleton<RunTables>();
        services.AddSingleton<RunBudgetTable>();
        services.AddSingleton<EventTable>();
        return services;
    }

    /// <summary>As queue triggers read messages.</summary>
    private static QueueClientOptions Queues => new() { MessageEncoding = QueueMessageEncoding.Base64 };

    private static Uri Endpoint(IConfigurationSection section, string service)
    {
        if (section[$"{service}ServiceUri"] is { Length: > 0 } uri)
            return new Uri(uri);
        if (section["accountName"] is { Length: > 0 } account)
            return new Uri($"https://{account}.{service}.core.windows.net");
        throw new InvalidOperationException(
            $"No storage account is configured. Set {Section} to a connection string (UseDevelopmentStorage=true for Azurite), " +
            $"or set {Section}__{service}ServiceUri to the account's {service} endpoint and give the app's identity a data role on it.");
    }

    private static TokenCredential Credential(IConfigurationSection section) =>
        section["clientId"] is { Length: > 0 } clientId
            ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId))
            : new DefaultAzureCredential();
}
