using FunctionsEval.Core.Datasets;

namespace FunctionsEval.LocalHost.Validation;

/// <summary>
/// The text of a dataset on this machine, read by ranges as the app reads its copy: a packed file is unpacked into a temporary one, which
/// is gone when this is disposed.
/// </summary>
internal sealed class LocalDataset : IAsyncDisposable
{
    /// <summary>The default of the setting <c>Evaluation__MaxUnpackedBytes</c>.</summary>
    public const long MaxUnpackedBytes = 4L << 30;

    private readonly FileStream _text;

    private LocalDataset(FileStream text) => _text = text;

    /// <summary>Bytes of the text.</summary>
    public long Length => _text.Length;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it is by its name.</param>
    /// <param name="maxBytes">Maximum number of unpacked bytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DatasetException">It cannot be unpacked.</exception>
    public static async Task<LocalDataset> OpenAsync(
        string path,
        DatasetNameKind.Dataset kind,
        long maxBytes,
        CancellationToken cancellationToken
    )
    {
        var file = File.OpenRead(path);
        if (kind.Packing is null)
        {
            return new LocalDataset(file);
        }

        await using var packed = new LocalDataset(file);
        var copy = new FileStream(
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            }
        );
        try
        {
            await using var text = kind.Open(packed.ReadAsync, file.Length, maxBytes);
            await text.CopyToAsync(copy, cancellationToken);
            return new LocalDataset(copy);
        }
        catch
        {
            await copy.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads a range.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(long offset, int length, CancellationToken cancellationToken)
    {
        var bytes = new byte[length];
        _text.Position = offset;
        await _text.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    /// <summary>The text from its beginning; disposing it disposes this.</summary>
    public Stream AsStream()
    {
        _text.Position = 0;
        return _text;
    }

    public ValueTask DisposeAsync() => _text.DisposeAsync();
}
