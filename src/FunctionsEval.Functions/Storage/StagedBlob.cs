using System.IO.Hashing;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// Writes a blob that appears as a whole or not at all. Uncommitted blocks belong to no blob, and the service deletes them after a week.
/// (The client's own stream begins with an empty blob, which readers take for the result.) Several activities may stage parts of one blob,
/// and one commits all of them.
/// </summary>
/// <param name="blob">The blob.</param>
/// <param name="contentType">Its type.</param>
/// <param name="place">
/// Where in the blob the written part begins. Blocks are then known by place and content: who repeats the part stages the same ones, and
/// nobody's block takes the place of another. Null for blocks that nobody else gives.
/// </param>
internal sealed class StagedBlob(BlockBlobClient blob, string contentType, long? place = null) : IDisposable
{
    /// <summary>The service's code where a block is no longer there: somebody else's commit removes what others have staged.</summary>
    public const string BlocksAreGone = "InvalidBlockList";

    private const int BlockBytes = 4 << 20;

    private readonly List<string> _blocks = [];
    private readonly MemoryStream _block = new();

    /// <summary>The blocks that were staged, in order.</summary>
    public IReadOnlyList<string> Blocks => _blocks;

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
    /// <param name="version">
    /// The ETag of the blob that may be replaced, empty for none; null to replace any. With another one there, nothing happens.
    /// </param>
    /// <returns>Its ETag.</returns>
    /// <exception cref="RequestFailedException">Another version is there, or blocks that were staged are gone.</exception>
    public async Task<string> CommitAsync(CancellationToken cancellationToken, ReadOnlyMemory<byte> head = default, string? version = null)
    {
        await FlushAsync(cancellationToken);
        if (!head.IsEmpty)
        {
            _block.Write(head.Span);
            await StageAsync(cancellationToken);
            _blocks.Insert(0, _blocks[^1]);
            _blocks.RemoveAt(_blocks.Count - 1);
        }

        var committed = await blob.CommitBlockListAsync(
            _blocks,
            new CommitBlockListOptions
            {
                HttpHeaders = new BlobHttpHeaders { ContentType = contentType },
                Conditions = version switch
                {
                    null => null,
                    "" => new BlobRequestConditions { IfNoneMatch = ETag.All },
                    _ => new BlobRequestConditions { IfMatch = new ETag(version) },
                },
            },
            cancellationToken
        );
        return committed.Value.ETag.ToString();
    }

    /// <summary>Stages what was written so far.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_block.Length > 0)
        {
            await StageAsync(cancellationToken);
        }
    }

    /// <summary>Continues with blocks that somebody else has staged.</summary>
    public void Add(IEnumerable<string> blocks) => _blocks.AddRange(blocks);

    public void Dispose() => _block.Dispose();

    private async Task StageAsync(CancellationToken cancellationToken)
    {
        _blocks.Add(place is { } first ? NameOf(first + _blocks.Count) : UniqueName.CreateBlockId());
        _block.Position = 0;
        await blob.StageBlockAsync(_blocks[^1], _block, cancellationToken: cancellationToken);
        _block.SetLength(0);
    }

    private string NameOf(long block) =>
        Convert.ToBase64String(XxHash128.Hash(_block.GetBuffer().AsSpan(0, (int)_block.Length), seed: block));
}
