using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// The only way to a blob by its name. An address with <c>..</c> in it is shortened before it is sent, and would be that of a blob of
/// another container: every client's address is checked against its container and its name.
/// </summary>
internal static class ContainedBlobs
{
    /// <exception cref="ArgumentException">The name cannot be that of a blob of the container.</exception>
    public static BlobClient Blob(this BlobContainerClient container, string name) => Check(container, name, container.GetBlobClient(name));

    /// <exception cref="ArgumentException">The name cannot be that of a blob of the container.</exception>
    public static BlockBlobClient BlockBlob(this BlobContainerClient container, string name) =>
        Check(container, name, container.GetBlockBlobClient(name));

    /// <exception cref="ArgumentException">The name cannot be that of a blob of the container.</exception>
    public static AppendBlobClient AppendBlob(this BlobContainerClient container, string name) =>
        Check(container, name, container.GetAppendBlobClient(name));

    private static T Check<T>(BlobContainerClient container, string name, T blob)
        where T : BlobBaseClient
    {
        if (BlobNames.FindProblem(name) is { } problem)
        {
            throw new ArgumentException($"A blob's name {problem}.", nameof(name));
        }

        var folder = container.Uri.AbsolutePath.TrimEnd('/') + "/";
        var path = blob.Uri.AbsolutePath;
        return path.StartsWith(folder, StringComparison.Ordinal) && Uri.UnescapeDataString(path[folder.Length..]) == name
            ? blob
            : throw new ArgumentException("A blob's name leads out of its container.", nameof(name));
    }
}
