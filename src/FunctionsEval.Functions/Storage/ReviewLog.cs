using System.Text;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Reviews;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// The grades that people gave a run's samples: <c>runs/{runId}/reviews.jsonl</c>, an append blob. An append is one line, which the service
/// writes as a whole and after all others, so any number of reviewers may grade at once.
/// </summary>
internal sealed class ReviewLog(BlobServiceClient service)
{
    /// <summary>Bytes that a run's grades have at most; the service refuses the append that would exceed them.</summary>
    public const int MaxBytes = 16 << 20;

    private const string TooLong = "MaxBlobSizeConditionNotMet";
    private const string TooManyBlocks = "BlockCountExceedsLimit";

    private readonly BlobContainerClient _container = service.GetBlobContainerClient(StorageNames.Runs);

    /// <summary>All lines, in the order in which they were written; none for a run that nobody has graded.</summary>
    public async Task<IReadOnlyList<Review>> ReadAsync(string runId, CancellationToken cancellationToken)
    {
        BinaryData content;
        try
        {
            content = await BoundedDownload.ReadAsync(_container.Blob(StorageNames.Reviews(runId)), MaxBytes, cancellationToken);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return [];
        }

        using var reader = new StringReader(content.ToString());
        var reviews = new List<Review>();
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            reviews.Add(JsonSerializer.Deserialize<Review>(line, ResultJson.Options)!);
        }

        return reviews;
    }

    /// <summary>Adds a line.</summary>
    /// <returns>False where the run has as many as are kept: 16 MiB, or the 50,000 blocks of an append blob.</returns>
    public async Task<bool> TryAppendAsync(string runId, Review review, CancellationToken cancellationToken)
    {
        var blob = _container.AppendBlob(StorageNames.Reviews(runId));
        await blob.CreateIfNotExistsAsync(
            new AppendBlobCreateOptions { HttpHeaders = new BlobHttpHeaders { ContentType = "application/x-ndjson" } },
            cancellationToken
        );
        var line = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(review, ResultJson.Options) + "\n");
        using var content = new MemoryStream(line, writable: false);
        try
        {
            await blob.AppendBlockAsync(
                content,
                new AppendBlobAppendBlockOptions { Conditions = new AppendBlobRequestConditions { IfMaxSizeLessThanOrEqual = MaxBytes } },
                cancellationToken
            );
            return true;
        }
        catch (RequestFailedException full) when (full.ErrorCode is TooLong or TooManyBlocks)
        {
            return false;
        }
    }
}
