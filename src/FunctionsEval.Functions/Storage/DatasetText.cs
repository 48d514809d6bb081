using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// The text of the datasets that runs evaluate. A packed dataset has no ranges that can be read on their own, so its run unpacks it once
/// into a copy; the shards are ranges of that. The same file gives the same copy, byte for byte.
/// </summary>
internal sealed class DatasetText(DatasetStore datasets, RunBlobs blobs)
{
    private const int PieceBytes = 1 << 20;

    /// <summary>Reads ranges of the text that a run's shards are cut from.</summary>
    /// <exception cref="DatasetChangedException">When reading: the dataset was replaced or deleted meanwhile.</exception>
    public RangeRead ReaderOf(string runId, DatasetVersion dataset, long? unpackedBytes) =>
        unpackedBytes is null
            ? ReaderOf(dataset)
            : async (offset, length, token) => await blobs.ReadDatasetAsync(runId, offset, offset + length, token);

    /// <summary>Reads ranges of a dataset's bytes, packed or not.</summary>
    /// <exception cref="DatasetChangedException">When reading: the dataset was replaced or deleted meanwhile.</exception>
    public RangeRead ReaderOf(DatasetVersion dataset) =>
        async (offset, length, token) => await datasets.ReadAsync(dataset, offset, offset + length, token);

    /// <summary>The beginning of a packed dataset's text.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="kind">How it is packed.</param>
    /// <param name="bytes">How many bytes; fewer when the text ends before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DatasetException">It cannot be unpacked.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadHeadAsync(
        DatasetVersion dataset,
        DatasetNameKind.Dataset kind,
        int bytes,
        CancellationToken cancellationToken
    )
    {
        await using var text = kind.Open(ReaderOf(dataset), dataset.Length, long.MaxValue);
        var head = new byte[bytes];
        return head.AsMemory(0, await ReadAsync(text, head, dataset, cancellationToken));
    }

    /// <summary>Writes the run's copy of a packed dataset.</summary>
    /// <returns>Bytes of the copy.</returns>
    /// <exception cref="DatasetException">It cannot be unpacked, or the copy would be larger than <paramref name="maxBytes"/>.</exception>
    public async Task<long> UnpackAsync(
        string runId,
        DatasetVersion dataset,
        DatasetNameKind.Dataset kind,
        long maxBytes,
        CancellationToken cancellationToken
    )
    {
        await using var text = kind.Open(ReaderOf(dataset), dataset.Length, maxBytes);
        using var copy = blobs.StageDataset(runId);
        var piece = new byte[PieceBytes];
        int read;
        while ((read = await ReadAsync(text, piece, dataset, cancellationToken)) > 0)
        {
            await copy.WriteAsync(piece.AsMemory(0, read), cancellationToken);
        }

        await copy.CommitAsync(cancellationToken);
        return text.Position;
    }

    private static async Task<int> ReadAsync(Stream text, byte[] piece, DatasetVersion dataset, CancellationToken cancellationToken)
    {
        try
        {
            return await text.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (DatasetException fault)
        {
            var setting = fault.Code == DatasetProblems.TooLarge ? " The limit is the setting Evaluation__MaxUnpackedBytes." : "";
            throw new DatasetException(fault.Code, $"datasets/{dataset.Name}: {fault.Message}{setting}");
        }
    }
}
