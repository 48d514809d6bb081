using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using FunctionsEval.EndToEnd.Tests.Hosting;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>The shard logs of runs, one line an evaluated sample: what a crash cannot lose.</summary>
internal static class ShardLogs
{
    /// <summary>Waits until so many samples are in the logs: nothing that was answered is in memory alone.</summary>
    /// <param name="blobs">The storage.</param>
    /// <param name="samples">How many.</param>
    /// <param name="runId">Whose; null for all runs together.</param>
    public static Task HoldAsync(BlobServiceClient blobs, int samples, string? runId = null) =>
        Eventually.TrueAsync(async () => await CountAsync(blobs, runId) == samples, $"{samples} samples are in the shard logs");

    /// <summary>Ends the leases on them, as their time does.</summary>
    public static void EndLeases(BlobServiceClient blobs)
    {
        var runs = blobs.GetBlobContainerClient("runs");
        foreach (var blob in runs.GetBlobs().Where(blob => blob.Properties.LeaseState == LeaseState.Leased))
        {
            runs.GetBlobClient(blob.Name).GetBlobLeaseClient().Break(TimeSpan.Zero);
        }
    }

    private static async Task<int> CountAsync(BlobServiceClient blobs, string? runId)
    {
        var runs = blobs.GetBlobContainerClient("runs");
        var lines = 0;
        await foreach (var blob in runs.GetBlobsAsync(BlobTraits.None, BlobStates.None, runId, CancellationToken.None))
        {
            if (!blob.Name.Contains("/shards/", StringComparison.Ordinal) || !blob.Name.EndsWith(".jsonl", StringComparison.Ordinal))
            {
                continue;
            }

            var log = (await runs.GetBlobClient(blob.Name).DownloadContentAsync()).Value.Content.ToString();
            lines += log.Split('\n').Count(line => line.Contains("\"outcome\":", StringComparison.Ordinal));
        }

        return lines;
    }
}
