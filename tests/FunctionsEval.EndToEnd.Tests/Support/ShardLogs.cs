using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using FunctionsEval.EndToEnd.Tests.Hosting;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>The shard logs of runs, one line an evaluated sample: what a crash cannot lose.</summary>
internal static class ShardLogs
{
    /// <summary>Waits until so many samples of all runs are in the logs: nothing that was answered is in memory alone.</summary>
    public static Task HoldAsync(BlobServiceClient blobs, int samples) =>
        Eventually.TrueAsync(async () => await CountAsync(blobs) == samples, $"{samples} samples are in the shard logs");

    /// <summary>Ends the leases on them, as their time does.</summary>
    public static void EndLeases(BlobServiceClient blobs)
    {
        var runs = blobs.GetBlobContainerClient("runs");
        foreach (var blob in runs.GetBlobs().Where(blob => blob.Properties.LeaseState == LeaseState.Leased))
        {
            runs.GetBlobClient(blob.Name).GetBlobLeaseClient().Break(TimeSpan.Zero);
        }
    }

    private static async Task<int> CountAsync(BlobServiceClient blobs)
    {
        var runs = blobs.GetBlobContainerClient("runs");
        var lines = 0;
        await foreach (var blob in runs.GetBlobsAsync())
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
