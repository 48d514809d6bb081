using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Packing;

namespace FunctionsEval.LocalHost.Client;

/// <summary>
/// The text of a compressed or Parquet file on this machine. It is unpacked asynchronously, and the thread that reads it waits.
/// </summary>
internal sealed class PackedFile : Stream
{
    private readonly FileStream _file;
    private readonly Stream _text;

    private PackedFile(string path, DatasetPacking packing)
    {
        _file = File.OpenRead(path);
        _text = packing.Unpack(
            async (offset, length, token) =>
            {
                var bytes = new byte[length];
                _file.Position = offset;
                await _file.ReadExactlyAsync(bytes, token);
                return bytes;
            },
            _file.Length,
            long.MaxValue
        );
    }

    /// <summary>Opens a file's text, which is the file itself unless its name says that it is packed.</summary>
    public static Stream OpenText(string path) =>
        DatasetPackingCatalog.Find(Path.GetExtension(path)) is { } packing ? new PackedFile(path, packing) : File.OpenRead(path);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _text.Position;
        set => throw new NotSupportedException();
    }

    /// <exception cref="DatasetException">The file cannot be unpacked.</exception>
    public override int Read(byte[] buffer, int offset, int count) =>
        _text.ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _text.Dispose();
        _file.Dispose();
        base.Dispose(disposing);
    }
}
