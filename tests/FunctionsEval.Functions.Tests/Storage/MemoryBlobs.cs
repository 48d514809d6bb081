using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace FunctionsEval.Functions.Tests.Storage;

/// <summary>Blobs in memory.</summary>
internal sealed class MemoryBlobs : BlobServiceClient
{
    /// <summary>Contents by name with container.</summary>
    public ConcurrentDictionary<string, BinaryData> Contents { get; } = new(StringComparer.Ordinal);

    public override BlobContainerClient GetBlobContainerClient(string blobContainerName) => new Container(Contents, blobContainerName);

    private sealed class Container(ConcurrentDictionary<string, BinaryData> contents, string container) : BlobContainerClient
    {
        public override Uri Uri => new($"https://memory.blob.core.windows.net/{container}");

        public override BlobClient GetBlobClient(string blobName) => new Blob(contents, $"{container}/{blobName}");
    }

    private sealed class Blob(ConcurrentDictionary<string, BinaryData> contents, string name) : BlobClient
    {
        public override Uri Uri => new("https://memory.blob.core.windows.net/" + name);

        public override Task<Response<BlobDownloadResult>> DownloadContentAsync(CancellationToken cancellationToken) =>
            contents.TryGetValue(name, out var content)
                ? Task.FromResult(Response.FromValue(BlobsModelFactory.BlobDownloadResult(content), null!))
                : throw new RequestFailedException(404, "There is no such blob.");

        public override Task<Response<BlobDownloadStreamingResult>> DownloadStreamingAsync(
            BlobDownloadOptions? options = null,
            CancellationToken cancellationToken = default
        ) =>
            contents.TryGetValue(name, out var content)
                ? Task.FromResult(
                    Response.FromValue(
                        BlobsModelFactory.BlobDownloadStreamingResult(
                            content.ToStream(),
                            BlobsModelFactory.BlobDownloadDetails(contentLength: content.ToMemory().Length)
                        ),
                        null!
                    )
                )
                : throw new RequestFailedException(404, "There is no such blob.");

        public override Task<Response<BlobContentInfo>> UploadAsync(
            BinaryData content,
            BlobUploadOptions options,
            CancellationToken cancellationToken = default
        )
        {
            contents[name] = content;
            return Task.FromResult<Response<BlobContentInfo>>(null!);
        }

        public override Task<Response<bool>> DeleteIfExistsAsync(
            DeleteSnapshotsOption snapshotsOption = DeleteSnapshotsOption.None,
            BlobRequestConditions? conditions = null,
            CancellationToken cancellationToken = default
        ) => Task.FromResult(Response.FromValue(contents.TryRemove(name, out _), null!));
    }
}
