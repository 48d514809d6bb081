using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace FunctionsEval.Functions.Storage;

/// <summary>Reads small blobs of unknown size.</summary>
internal static class BoundedDownload
{
    /// <summary>
    /// A blob's bytes: all of them, or one more than <paramref name="maxBytes"/> where there are more, so that the reader refuses what it
    /// need not hold.
    /// </summary>
    /// <param name="blob">The blob.</param>
    /// <param name="maxBytes">How many are asked for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Azure.RequestFailedException">There is no such blob (404), or the storage fails.</exception>
    public static async Task<BinaryData> ReadAsync(BlobClient blob, int maxBytes, CancellationToken cancellationToken)
    {
        using BlobDownloadStreamingResult download = await blob.DownloadStreamingAsync(cancellationToken: cancellationToken);
        var length = (int)Math.Min(download.Details.ContentLength, maxBytes + 1L);
        var bytes = new byte[length];
        var read = await download.Content.ReadAtLeastAsync(bytes, length, throwOnEndOfStream: false, cancellationToken);
        return BinaryData.FromBytes(bytes.AsMemory(0, read));
    }
}
