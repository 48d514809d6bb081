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
    /// <returns>Its ETag.</returns>
    public async Task<string> CommitAsync(CancellationToken cancellationToken)
    {
        if (_block.Length > 0)
        {
            await StageAsync(cancellationToken);
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
