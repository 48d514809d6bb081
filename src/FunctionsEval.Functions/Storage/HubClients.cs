using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs;

namespace FunctionsEval.Functions.Storage;

/// <summary>Blob service in which the containers are those of a task hub, called by their plain names.</summary>
internal sealed class HubBlobClient : BlobServiceClient
{
    private readonly TaskHub _hub;

    public HubBlobClient(TaskHub hub, string connectionString)
        : base(connectionString) => _hub = hub;

    public HubBlobClient(TaskHub hub, Uri service, TokenCredential credential)
        : base(service, credential) => _hub = hub;

    public override BlobContainerClient GetBlobContainerClient(string blobContainerName) =>
        base.GetBlobContainerClient(_hub.ContainerOf(blobContainerName));
}

/// <summary>Table service in which the tables are those of a task hub, called by their plain names.</summary>
internal sealed class HubTableClient : TableServiceClient
{
    private readonly TaskHub _hub;

    public HubTableClient(TaskHub hub, string connectionString)
        : base(connectionString) => _hub = hub;

    public HubTableClient(TaskHub hub, Uri service, TokenCredential credential)
        : base(service, credential) => _hub = hub;

    public override TableClient GetTableClient(string tableName) => base.GetTableClient(_hub.TableOf(tableName));
}
