using Azure.Storage.Blobs.Models;

namespace FunctionsEval.Functions.Storage;

/// <content>What shards of a run merge to: ranges of them while it is under way, and all of them of a group's member.</content>
internal sealed partial class RunBlobs
{
    /// <summary>Keeps what a range of shards merges to, until the run has ended.</summary>
    public Task WriteMergedAsync(string runId, string version, int first, BinaryData merged, CancellationToken cancellationToken) =>
        WriteAsync(StorageNames.Merged(runId, version, first), merged, "application/octet-stream", cancellationToken);

    /// <summary>What a range of shards merges to; null where it was not merged.</summary>
    public Task<BinaryData?> FindMergedAsync(string runId, string version, int first, CancellationToken cancellationToken) =>
        FindAsync(StorageNames.Merged(runId, version, first), cancellationToken);

    /// <summary>Keeps what a range adds up to when it is paired with the previous run's, until the run has ended.</summary>
    public Task WritePairsAsync(string runId, string version, int first, BinaryData pairs, CancellationToken cancellationToken) =>
        WriteAsync(StorageNames.Pairs(runId, version, first), pairs, "application/octet-stream", cancellationToken);

    /// <summary>What a range adds up to when it is paired with the previous run's; null where it was not.</summary>
    public Task<BinaryData?> FindPairsAsync(string runId, string version, int first, CancellationToken cancellationToken) =>
        FindAsync(StorageNames.Pairs(runId, version, first), cancellationToken);

    /// <summary>Removes what is kept of a range of shards.</summary>
    public async Task DeleteMergedAsync(string runId, string version, int first, CancellationToken cancellationToken)
    {
        foreach (var name in new[] { StorageNames.Merged(runId, version, first), StorageNames.Pairs(runId, version, first) })
        {
            await _container.Blob(name).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        }
    }

    /// <summary>Removes what ranges of shards merged to.</summary>
    public async Task DeleteMergedAsync(string runId, CancellationToken cancellationToken)
    {
        var prefix = StorageNames.MergedFolder(runId);
        await Parallel.ForEachAsync(
            _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken },
            async (blob, token) => await _container.Blob(blob.Name).DeleteIfExistsAsync(cancellationToken: token)
        );
    }

    /// <summary>Keeps what all samples of a run add up to, as long as its other results.</summary>
    public Task WriteScoreboardAsync(string runId, BinaryData scoreboard, CancellationToken cancellationToken) =>
        WriteAsync(StorageNames.Scoreboard(runId), scoreboard, "application/octet-stream", cancellationToken);

    /// <summary>What all samples of a run add up to; null where it is not kept.</summary>
    public Task<BinaryData?> FindScoreboardAsync(string runId, CancellationToken cancellationToken) =>
        FindAsync(StorageNames.Scoreboard(runId), cancellationToken);
}
