using Microsoft.Extensions.Configuration;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// App settings <c>AzureWebJobsStorage</c>: the app's storage account, by a connection string or by addresses that are called with the
/// app's identity.
/// </summary>
internal sealed class StorageOptions
{
    /// <summary>
    /// Connection string of the account; <c>UseDevelopmentStorage=true</c> is Azurite on this machine. Without one the settings below say
    /// where the account is.
    /// </summary>
    public const string Section = "AzureWebJobsStorage";

    /// <summary>Name of the account, for those of the addresses below that are not given.</summary>
    [ConfigurationKeyName("accountName")]
    public string? AccountName { get; set; }

    /// <summary>Address of the account's blob service; <c>https://{accountName}.blob.core.windows.net</c> unless given.</summary>
    [ConfigurationKeyName("blobServiceUri")]
    public string? BlobServiceUri { get; set; }

    /// <summary>Address of the account's table service; <c>https://{accountName}.table.core.windows.net</c> unless given.</summary>
    [ConfigurationKeyName("tableServiceUri")]
    public string? TableServiceUri { get; set; }

    /// <summary>Address of the account's queue service; <c>https://{accountName}.queue.core.windows.net</c> unless given.</summary>
    [ConfigurationKeyName("queueServiceUri")]
    public string? QueueServiceUri { get; set; }

    /// <summary>
    /// Client id of a user-assigned identity; without one the identity is found as Azure's client libraries do (<c>AZURE_CLIENT_ID</c>, the
    /// system-assigned one, <c>az login</c>).
    /// </summary>
    [ConfigurationKeyName("clientId")]
    public string? ClientId { get; set; }
}
