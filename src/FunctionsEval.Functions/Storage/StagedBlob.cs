using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// Writes a blob that appears as a whole or not at all. Uncommitted blocks belong to no blob, and the service deletes them after a week.
/// (The client's own stream begins with an empty blob, which readers take for the result.)
/// </summary>
internal sealed class StagedBlob(BlockBlobClient blob, string contentType) : IDisposable
{
    private const int BlockBytes = 4 << 20;

    private readonly List<string> _blocks = [];
    private readonly MemoryStream _block = new();

    public async Task WriteAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        _block.Write(piece.Span);
        if (_block.Length >= BlockBytes)
        {
            await StageAsync(cancellationToken);
        }
    }

    /// <summary>Makes the blob appear, and replaces one of the same name.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="head">Bytes that come before all others; empty for none.</param>
    /// <returns>Its ETag.</returns>
    public async Task<string> CommitAsync(CancellationToken cancellationToken, ReadOnlyMemory<byte> head = default)
    {
        if (_block.Length > 0)
        {
            await StageAsync(cancellationToken);
        }

        if (!head.IsEmpty)
        {
            _block.Write(head.Span);
            await StageAsync(cancellationToken);
            _blocks.Insert(0, _blocks[^1]);
            _blocks.RemoveAt(_blocks.Count - 1);
        }

        var committed = await blob.CommitBlockListAsync(
            _blocks,
            new CommitBlockListOptions { HttpHeaders = new BlobHttpHeaders { ContentType = contentType } },
            cancellationToken
        );
        return committed.Value.ETag.ToString();
    }

    public void Dispose() => _block.Dispose();

    private async Task StageAsync(CancellationToken cancellationToken)
    {
        _blocks.Add(UniqueName.CreateBlockId());
        _block.Position = 0;
        await blob.StageBlockAsync(_blocks[^1], _block, cancellationToken: cancellationToken);
        _block.SetLength(0);
    }
}
