namespace FunctionsEval.Core.Datasets.Packing;

/// <summary>Text that is compressed with gzip (RFC 1952), in one member or several.</summary>
internal sealed class GzipPacking : CompressedText
{
    public static readonly GzipPacking Instance = new();

    private GzipPacking() { }

    public override string Name => "gzip";

    public override string Extension => ".gz";

    internal override bool IsDamage(Exception fault) => fault is InvalidDataException;

    private protected override Stream Open(CountingRead read, long length) =>
        new GzipText(new BufferedInput(new RangeStream(read.ReadAsync, length, Piece)));
}
