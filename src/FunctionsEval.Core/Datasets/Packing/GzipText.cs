using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace FunctionsEval.Core.Datasets.Packing;

/// <summary>
/// The text of a gzip file. Every member's length and CRC are checked, because the framework's own stream takes a file that ends in the
/// middle for a whole one, and rows would be missing without a word.
/// </summary>
/// <param name="input">The file.</param>
internal sealed class GzipText(BufferedInput input) : ForwardStream
{
    private const int FixedHeader = 10;
    private const int MaxHeaderField = 64 * 1024;
    private const byte HasHeaderCrc = 2;
    private const byte HasExtra = 4;
    private const byte HasName = 8;
    private const byte HasComment = 16;

    private static readonly byte[] Magic = [0x1F, 0x8B, 8];

    private readonly Crc32 _crc = new();
    private DeflateStream? _member;
    private uint _memberLength;
    private long _read;
    private bool _ended;

    protected override long BytesRead => _read;

    /// <exception cref="InvalidDataException">The file is damaged or not whole.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!_ended && buffer.Length > 0)
        {
            if (_member is null && !await BeginMemberAsync(cancellationToken))
            {
                _ended = true;
                break;
            }

            var count = await _member!.ReadAsync(buffer, cancellationToken);
            if (count > 0)
            {
                _crc.Append(buffer.Span[..count]);
                _memberLength = unchecked(_memberLength + (uint)count);
                _read += count;
                return count;
            }

            await EndMemberAsync(cancellationToken);
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        _member?.Dispose();
        input.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Reads the header of the next member; false at the end of the file, which zeros may fill up.</summary>
    private async ValueTask<bool> BeginMemberAsync(CancellationToken cancellationToken)
    {
        var header = await input.TakeAsync(FixedHeader, cancellationToken);
        if (header.Span.IndexOfAnyExcept((byte)0) < 0 && _read > 0)
        {
            while (header.Length > 0)
            {
                header = await input.TakeAsync(1024, cancellationToken);
                Require(header.Span.IndexOfAnyExcept((byte)0) < 0);
            }

            return false;
        }

        if (header.IsEmpty)
        {
            return false;
        }

        Require(header.Length == FixedHeader && header.Span.StartsWith(Magic));
        var flags = header.Span[3];
        if ((flags & HasExtra) != 0)
        {
            var length = await input.TakeAsync(2, cancellationToken);
            Require(length.Length == 2);
            await SkipAsync(BinaryPrimitives.ReadUInt16LittleEndian(length.Span), cancellationToken);
        }

        await SkipTextAsync((flags & HasName) != 0, cancellationToken);
        await SkipTextAsync((flags & HasComment) != 0, cancellationToken);
        await SkipAsync((flags & HasHeaderCrc) != 0 ? 2 : 0, cancellationToken);
        _member = new DeflateStream(input, CompressionMode.Decompress, leaveOpen: true);
        return true;
    }

    /// <summary>
    /// Checks a member's CRC and length. The decompressor reads ahead and does not say how far the member goes, so they are looked for in
    /// the last piece that it read.
    /// </summary>
    private async ValueTask EndMemberAsync(CancellationToken cancellationToken)
    {
        var trailer = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, _crc.GetCurrentHashAsUInt32());
        BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(4), _memberLength);
        Require(await input.TrySkipPastAsync(trailer, Magic, cancellationToken));
        _crc.Reset();
        _memberLength = 0;
        await _member!.DisposeAsync();
        _member = null;
    }

    private async ValueTask SkipTextAsync(bool isThere, CancellationToken cancellationToken)
    {
        for (var length = 0; isThere; length++)
        {
            var next = await input.TakeAsync(1, cancellationToken);
            Require(next.Length == 1 && length < MaxHeaderField);
            isThere = next.Span[0] != 0;
        }
    }

    private async ValueTask SkipAsync(int count, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            var skipped = await input.TakeAsync(Math.Min(count, 1024), cancellationToken);
            Require(skipped.Length > 0);
            count -= skipped.Length;
        }
    }

    private static void Require(bool isWhole)
    {
        if (!isWhole)
        {
            throw new InvalidDataException("The gzip data is damaged or not whole.");
        }
    }
}
