using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace FunctionsEval.Functions.Storage;

/// <summary>One version of a run's <c>samples.jsonl</c>.</summary>
/// <param name="RunId">The run.</param>
/// <param name="ETag">Its ETag: another one whenever the file is written.</param>
/// <param name="Length">Its bytes.</param>
internal sealed record SampleFile(string RunId, string ETag, long Length);

/// <summary>
/// The blobs of a run's samples and of their index. Ranges of <c>samples.jsonl</c> are read on the condition that it is still the same
/// version, so that no position of an index is used on another file.
/// </summary>
internal sealed class SampleBlobs(BlobServiceClient service)
{
    /// <summary>Bytes of <see cref="HeadOf"/>.</summary>
    private const int HeadBytes = 16;

    private readonly BlobContainerClient _container = service.GetBlobContainerClient(StorageNames.Runs);

    /// <summary>The run's samples as they are now; null when there are none (yet).</summary>
    public async Task<SampleFile?> FindAsync(string runId, CancellationToken cancellationToken)
    {
        try
        {
            var found = await _container.Blob(StorageNames.Samples(runId)).GetPropertiesAsync(cancellationToken: cancellationToken);
            return new SampleFile(runId, found.Value.ETag.ToString(), found.Value.ContentLength);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Opens a version of the samples to be read from the beginning to the end.</summary>
    /// <exception cref="SamplesChangedException">There is another version.</exception>
    public async Task<Stream> OpenAsync(SampleFile file, CancellationToken cancellationToken)
    {
        try
        {
            return await _container
                .Blob(StorageNames.Samples(file.RunId))
                .OpenReadAsync(
                    new BlobOpenReadOptions(allowModifications: false)
                    {
                        Conditions = new BlobRequestConditions { IfMatch = new ETag(file.ETag) },
                    },
                    cancellationToken
                );
        }
        catch (RequestFailedException changed) when (changed.Status is 404 or 412)
        {
            throw new SamplesChangedException();
        }
    }

    /// <summary>Reads <c>[start, end)</c> of a version of the samples into a buffer.</summary>
    /// <exception cref="SamplesChangedException">There is another version.</exception>
    public Task ReadAsync(SampleFile file, long start, Memory<byte> buffer, CancellationToken cancellationToken) =>
        ReadRangeAsync(StorageNames.Samples(file.RunId), file.ETag, start, buffer, cancellationToken);

    /// <summary>Version of the scores that are there for a version of the samples.</summary>
    /// <exception cref="SampleScoresLostException">There are none, or those of another version of the samples.</exception>
    public async Task<string> FindScoresAsync(SampleFile file, CancellationToken cancellationToken)
    {
        try
        {
            var head = await _container
                .Blob(StorageNames.SampleScores(file.RunId))
                .DownloadContentAsync(new BlobDownloadOptions { Range = new HttpRange(0, HeadBytes) }, cancellationToken);
            return head.Value.Content.ToMemory().Span.SequenceEqual(HeadOf(file))
                ? head.Value.Details.ETag.ToString()
                : throw new SampleScoresLostException();
        }
        catch (RequestFailedException missing) when (missing.Status is 404 or 416)
        {
            throw new SampleScoresLostException();
        }
    }

    /// <summary>Reads a range of a version of the scores into a buffer.</summary>
    /// <param name="file">The samples.</param>
    /// <param name="version">What <see cref="FindScoresAsync"/> found.</param>
    /// <param name="start">Where the range begins, behind the head.</param>
    /// <param name="buffer">Receives it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SamplesChangedException">There are others now.</exception>
    /// <exception cref="SampleScoresLostException">They end before the range does.</exception>
    public async Task ReadScoresAsync(SampleFile file, string version, long start, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            await ReadRangeAsync(StorageNames.SampleScores(file.RunId), version, HeadBytes + start, buffer, cancellationToken);
        }
        catch (Exception cut) when (cut is EndOfStreamException or RequestFailedException { Status: 416 })
        {
            throw new SampleScoresLostException();
        }
    }

    /// <summary>The bytes of the run's index; null when there is none, or one that is larger.</summary>
    public async Task<ReadOnlyMemory<byte>?> FindIndexAsync(string runId, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            var content = await BoundedDownload.ReadAsync(_container.Blob(StorageNames.SampleIndex(runId)), maxBytes, cancellationToken);
            return content.ToMemory() is { } bytes && bytes.Length <= maxBytes ? bytes : null;
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    /// <summary>An index to write; readers find none, or the one from before, until it is committed.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The caller disposes of it.")]
    public StagedBlob StageIndex(string runId) => new(_container.BlockBlob(StorageNames.SampleIndex(runId)), "application/octet-stream");

    /// <summary>The scores beside an index, to write. They are committed with the samples that they are of.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The caller disposes of it.")]
    public StagedBlob StageScores(string runId) => new(_container.BlockBlob(StorageNames.SampleScores(runId)), "application/octet-stream");

    /// <summary>The first bytes of the scores of a version of the samples.</summary>
    public static byte[] HeadOf(SampleFile file) => XxHash128.Hash(Encoding.UTF8.GetBytes($"{file.ETag}|{file.Length}"));

    /// <summary>Removes an index, so that it is made again.</summary>
    public async Task DeleteIndexAsync(string runId, CancellationToken cancellationToken) =>
        await _container.Blob(StorageNames.SampleIndex(runId)).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    private async Task ReadRangeAsync(string name, string etag, long start, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (buffer.IsEmpty)
        {
            return;
        }

        try
        {
            using BlobDownloadStreamingResult range = await _container
                .Blob(name)
                .DownloadStreamingAsync(
                    new BlobDownloadOptions
                    {
                        Range = new HttpRange(start, buffer.Length),
                        Conditions = new BlobRequestConditions { IfMatch = new ETag(etag) },
                    },
                    cancellationToken
                );
            await range.Content.ReadExactlyAsync(buffer, cancellationToken);
        }
        catch (RequestFailedException changed) when (changed.Status is 404 or 412)
        {
            throw new SamplesChangedException();
        }
    }
}

/// <summary>The samples were written again while they were read: the run was resumed, or deleted and started again.</summary>
internal sealed class SamplesChangedException() : Exception("The samples were written again while they were read.");

/// <summary>
/// The scores beside an index are not there, or of another version: two processes wrote them at once, or one ended amid it.
/// </summary>
internal sealed class SampleScoresLostException() : Exception("The scores of the samples are not those of the index.");
