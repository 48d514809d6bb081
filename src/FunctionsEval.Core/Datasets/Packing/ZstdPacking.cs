using ZstdSharp;
using ZstdSharp.Unsafe;

namespace FunctionsEval.Core.Datasets.Packing;

/// <summary>Text that is compressed with Zstandard (RFC 8878), in one frame or several.</summary>
internal sealed class ZstdPacking : CompressedText
{
    public static readonly ZstdPacking Instance = new();

    /// <summary>The longest distance over which a file may repeat itself, as a power of two: 128 MiB, as `zstd` itself allows.</summary>
    private const int MaxWindowLog = 27;

    private ZstdPacking() { }

    public override string Name => "Zstandard";

    public override string Extension => ".zst";

    internal override bool IsDamage(Exception fault) => fault is ZstdException or EndOfStreamException;

    private protected override Stream Open(CountingRead read, long length)
    {
        var text = new DecompressionStream(new RangeStream(read.ReadAsync, length, Piece), leaveOpen: false);
        text.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, MaxWindowLog);
        return text;
    }
}
