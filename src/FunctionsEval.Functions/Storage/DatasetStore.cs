using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Functions.Storage;

/// <summary>A version of a dataset: what a run evaluates, whatever is uploaded under the same name later.</summary>
/// <param name="Name">Blob name in the <c>datasets</c> container.</param>
/// <param name="ETag">ETag of the version, in quotes as the service gives it.</param>
/// <param name="Length">Bytes.</param>
/// <param name="ContentHash">MD5 of the bytes in base64, where the service knows it: tells an identical upload from a changed one.</param>
internal sealed record DatasetVersion(string Name, string ETag, long Length, string? ContentHash = null)
{
    /// <summary>Whether another version has the same bytes: the same hash, or the same blob where that is not known.</summary>
    public bool HasSameBytes(DatasetVersion other) =>
        (ContentHash is { } hash && other.ContentHash == hash) || (Name, ETag) == (other.Name, other.ETag);

    /// <summary>The version that a run evaluates.</summary>
    public static DatasetVersion From(Run run) => new(run.Dataset, run.DatasetETag ?? "", run.DatasetBytes ?? 0, run.DatasetHash);
}

/// <summary>The dataset was replaced or deleted while it was being read.</summary>
internal sealed class DatasetChangedException(string name)
    : Exception($"datasets/{name} was replaced or deleted while it was being evaluated.");

/// <summary>The <c>datasets</c> container. It belongs to the users: the app writes only request bodies to it.</summary>
internal sealed class DatasetStore(BlobServiceClient service)
{
    private const int BlockBytes = 4 << 20;

    /// <summary>Specs that are looked for side by side: a dataset's own and its folder's, each as JSON and YAML.</summary>
    private const int SpecsAtOnce = 4;

    private readonly BlobContainerClient _container = service.GetBlobContainerClient(StorageNames.Datasets);

    /// <summary>Id of the run that evaluates a dataset's version by a spec.</summary>
    public string RunIdOf(DatasetVersion dataset, string canonicalSpec, int attempt) =>
        RunId.Create(_container.AccountName, StorageNames.Datasets, dataset.Name, dataset.ETag, canonicalSpec, attempt);

    /// <summary>Id of the suite run over datasets in their versions.</summary>
    public string SuiteRunIdOf(string suite, string section, IReadOnlyList<string> datasets, int attempt) =>
        RunId.CreateOfSuite(_container.AccountName, suite, section, datasets, attempt);

    /// <summary>Creates the container, so that the blob trigger has something to watch.</summary>
    public async Task CreateIfMissingAsync(CancellationToken cancellationToken) =>
        await _container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);

    /// <summary>The blobs modified since <paramref name="since"/>, in their current version.</summary>
    public async IAsyncEnumerable<DatasetVersion> ModifiedAsync(
        DateTimeOffset since,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var blob in _container.GetBlobsAsync(cancellationToken: cancellationToken))
        {
            if (blob.Properties.LastModified >= since && VersionOf(blob) is { } version)
            {
                yield return version;
            }
        }
    }

    /// <summary>The datasets that a spec may apply to, by its name: the one it is named after, or those in its folder and below.</summary>
    public async IAsyncEnumerable<DatasetVersion> UnderSpecAsync(
        string specName,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (DatasetNames.DatasetOfOwnSpec(specName) is { } own)
        {
            if (await FindAsync(own, cancellationToken) is { } version)
            {
                yield return version;
            }

            yield break;
        }

        var folder = DatasetNames.SuiteOf(specName);
        var prefix = folder.Length == 0 ? null : folder + "/";
        await foreach (var blob in _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken))
        {
            if (DatasetNames.Classify(blob.Name) is DatasetNameKind.Dataset && VersionOf(blob) is { } version)
            {
                yield return version;
            }
        }
    }

    /// <summary>
    /// The specs in a blob's folder and in each folder above it, up to the container's root: those that may name the blob.
    /// </summary>
    public async IAsyncEnumerable<string> SpecsAboveAsync(string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folder = name;
        do
        {
            folder = DatasetNames.SuiteOf(folder);
            var prefix = folder.Length == 0 ? null : folder + "/";
            await foreach (
                var item in _container.GetBlobsByHierarchyAsync(BlobTraits.None, BlobStates.None, "/", prefix, cancellationToken)
            )
            {
                if (item.IsBlob && DatasetNames.Classify(item.Blob.Name) is DatasetNameKind.Spec)
                {
                    yield return item.Blob.Name;
                }
            }
        } while (folder.Length > 0);
    }

    /// <summary>Names of the blobs in a folder and those below it.</summary>
    public async IAsyncEnumerable<string> InFolderAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var blob in _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, folder + "/", cancellationToken))
        {
            yield return blob.Name;
        }
    }

    /// <summary>
    /// Uploads a dataset as a stream; it appears, whole and with the hash of its bytes (which the service computes only of what comes in
    /// one piece), when the stream has ended.
    /// </summary>
    /// <returns>False when there is a blob of this name and it may not be replaced.</returns>
    public async Task<bool> TryUploadAsync(string name, Stream content, bool replace, CancellationToken cancellationToken)
    {
        var blob = _container.BlockBlob(name);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var blocks = new List<string>();
        var buffer = new byte[BlockBytes];
        int read;
        while ((read = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            blocks.Add(UniqueName.CreateBlockId());
            using var block = new MemoryStream(buffer, 0, read, writable: false);
            await blob.StageBlockAsync(blocks[^1], block, cancellationToken: cancellationToken);
        }

        try
        {
            await blob.CommitBlockListAsync(
                blocks,
                new CommitBlockListOptions
                {
                    HttpHeaders = new BlobHttpHeaders { ContentHash = hash.GetHashAndReset() },
                    Conditions = replace ? null : new BlobRequestConditions { IfNoneMatch = ETag.All },
                },
                cancellationToken
            );
            return true;
        }
        catch (RequestFailedException taken) when (taken.Status is 409 or 412)
        {
            return false;
        }
    }

    /// <summary>The current version of a dataset; null when there is no such blob.</summary>
    public async Task<DatasetVersion?> FindAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var properties = await _container.Blob(name).GetPropertiesAsync(cancellationToken: cancellationToken);
            return new DatasetVersion(
                name,
                properties.Value.ETag.ToString("H"),
                properties.Value.ContentLength,
                properties.Value.ContentHash is { Length: > 0 } hash ? Convert.ToBase64String(hash) : null
            );
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Reads <c>[start, end)</c> of exactly this version, or of a later upload of the same bytes.</summary>
    /// <exception cref="DatasetChangedException">The blob is no longer this version.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(DatasetVersion dataset, long start, long end, CancellationToken cancellationToken)
    {
        if (end <= start)
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        while (true)
        {
            try
            {
                var content = await _container
                    .Blob(dataset.Name)
                    .DownloadContentAsync(
                        new BlobDownloadOptions
                        {
                            Range = new HttpRange(start, end - start),
                            Conditions = new BlobRequestConditions { IfMatch = new ETag(dataset.ETag) },
                        },
                        cancellationToken
                    );
                return content.Value.Content.ToMemory();
            }
            catch (RequestFailedException changed) when (changed.Status is 412 or 404)
            {
                var current = await FindAsync(dataset.Name, cancellationToken);
                if (dataset.ContentHash is null || current?.ContentHash != dataset.ContentHash)
                {
                    throw new DatasetChangedException(dataset.Name);
                }

                dataset = current;
            }
        }
    }

    /// <summary>Opens a blob of this container or the runs', named with its container; null when it is not there.</summary>
    public async Task<Stream?> OpenAsync(string containerAndName, CancellationToken cancellationToken)
    {
        var slash = containerAndName.IndexOf('/', StringComparison.Ordinal);
        if (containerAndName[..slash] is not (StorageNames.Datasets or StorageNames.Runs) and var other)
        {
            throw new ArgumentException($"The container {other} is not the app's.", nameof(containerAndName));
        }

        try
        {
            return await service
                .GetBlobContainerClient(containerAndName[..slash])
                .Blob(containerAndName[(slash + 1)..])
                .OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), cancellationToken);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    /// <summary>
    /// A blob's bytes, or one byte more than the maximum if it is too large; null when there is none of this name.
    /// </summary>
    public async Task<BinaryData?> ReadSmallAsync(string name, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            return await BoundedDownload.ReadAsync(_container.Blob(name), maxBytes, cancellationToken);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    /// <summary>
    /// The first of <paramref name="candidates"/> that exists, with its bytes, or one byte more than the maximum if it is too large; null
    /// when none does.
    /// </summary>
    public async Task<(string Name, BinaryData Content)?> FindSpecAsync(IEnumerable<string> candidates, CancellationToken cancellationToken)
    {
        foreach (var asked in candidates.Where(candidate => BlobNames.FindProblem(candidate) is null).Chunk(SpecsAtOnce))
        {
            var read = await Task.WhenAll(asked.Select(name => ReadSmallAsync(name, SpecLimits.MaxBytes, cancellationToken)));
            var first = Array.FindIndex(read, content => content is not null);
            if (first >= 0)
            {
                return (asked[first], read[first]!);
            }
        }

        return null;
    }

    private static DatasetVersion? VersionOf(BlobItem blob) =>
        blob.Properties.ETag is { } etag
            ? new DatasetVersion(
                blob.Name,
                etag.ToString("H"),
                blob.Properties.ContentLength ?? 0,
                blob.Properties.ContentHash is { Length: > 0 } hash ? Convert.ToBase64String(hash) : null
            )
            : null;
}
