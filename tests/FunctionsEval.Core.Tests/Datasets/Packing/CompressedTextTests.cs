using System.IO.Compression;
using System.Text;
using CsCheck;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Packing;

namespace FunctionsEval.Core.Tests.Datasets.Packing;

/// <summary>Compressed by the framework and by ZstdSharp, which are the oracles.</summary>
public sealed class CompressedTextTests
{
    private static readonly Gen<byte[]> Texts = Gen.OneOf(
        Gen.Byte.Array[0, 200],
        Gen.Byte[97, 100].Array[0, 40_000],
        Gen.Byte.Array[60_000, 70_000]
    );

    [Fact]
    public void Text_is_the_same_whatever_the_members_and_the_pieces_it_is_read_in() =>
        Gen.Select(Texts.Array[1, 4], Gen.Int[1, 20_000], Gen.Bool)
            .Sample(
                (texts, piece, isGzip) =>
                {
                    var packed = texts.SelectMany(text => isGzip ? Gzip(text) : Zstd(text)).ToArray();
                    Assert.Equal(texts.SelectMany(text => text), Unpack(isGzip ? ".gz" : ".zst", packed, piece: piece));
                },
                iter: 300
            );

    [Theory]
    [InlineData(".gz")]
    [InlineData(".zst")]
    public void File_that_ends_anywhere_too_early_is_damaged(string extension)
    {
        var packed = Pack(extension, Rows(400));
        for (var length = 1; length < packed.Length; length += length < packed.Length - 40 ? 29 : 1)
        {
            Assert.Equal(DatasetProblems.Damaged, CodeOf(extension, packed[..length]));
        }
    }

    [Theory]
    [InlineData(".gz")]
    [InlineData(".zst")]
    public void Other_bytes_after_the_end_are_damage(string extension) =>
        Assert.Equal(DatasetProblems.Damaged, CodeOf(extension, [.. Pack(extension, Rows(3)), 1, 2, 3, 4, 5]));

    [Theory]
    [InlineData(".gz")]
    [InlineData(".zst")]
    public void Plain_text_of_that_name_is_damaged(string extension) => Assert.Equal(DatasetProblems.Damaged, CodeOf(extension, Rows(3)));

    [Fact]
    public void Gzip_with_a_changed_byte_is_damaged_or_has_the_same_text()
    {
        var (rows, packed) = (Rows(100), Gzip(Rows(100)));
        for (var at = 0; at < packed.Length; at++)
        {
            var changed = (byte[])packed.Clone();
            changed[at] ^= 0x10;
            var code = CodeOf(".gz", changed);
            Assert.True(code == DatasetProblems.Damaged || Unpack(".gz", changed).SequenceEqual(rows), $"byte {at}");
        }
    }

    [Fact]
    public void Gzip_member_may_have_every_header_field_and_zeros_may_follow()
    {
        var plain = Gzip(Rows(50));
        byte[] full = [.. plain[..3], 2 | 4 | 8 | 16, .. plain[4..10], 3, 0, 1, 2, 3, .. "test.jsonl\0a comment\0"u8, 9, 9, .. plain[10..]];
        Assert.Equal(Rows(50), Unpack(".gz", [.. full, .. new byte[5000]]));
    }

    [Theory]
    [InlineData(".gz")]
    [InlineData(".zst")]
    public void Text_larger_than_the_limit_is_refused_before_more_of_it_is_unpacked(string extension)
    {
        var packed = Pack(extension, new byte[64 << 20]);
        Assert.True(packed.Length < 128 << 10);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(DatasetProblems.TooLarge, CodeOf(extension, packed, maxBytes: 1 << 20));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 24 << 20);
        Assert.Equal(64 << 20, Unpack(extension, packed, maxBytes: 64 << 20).Length);
    }

    [Fact]
    public void Zstandard_that_asks_for_more_memory_than_128_MiB_is_damaged() =>
        Assert.Equal(DatasetProblems.Damaged, CodeOf(".zst", [0x28, 0xB5, 0x2F, 0xFD, 0, (28 - 10) << 3, 1, 0, 0]));

    private static byte[] Rows(int count) =>
        Encoding.UTF8.GetBytes(
            string.Concat(Enumerable.Range(0, count).Select(i => $$"""{"input":"row {{i * 7919}}","expected":"{{i}}"}""" + "\n"))
        );

    private static byte[] Pack(string extension, byte[] text) => extension == ".gz" ? Gzip(text) : Zstd(text);

    internal static byte[] Gzip(byte[] text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(text);
        }

        // The framework writes nothing for an empty text.
        return packed.Length > 0 ? packed.ToArray() : [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    }

    internal static byte[] Zstd(byte[] text)
    {
        using var zstd = new ZstdSharp.Compressor();
        return zstd.Wrap(text).ToArray();
    }

    private static string? CodeOf(string extension, byte[] packed, long maxBytes = long.MaxValue)
    {
        try
        {
            Unpack(extension, packed, maxBytes);
            return null;
        }
        catch (DatasetException refused)
        {
            return refused.Code;
        }
    }

    private static byte[] Unpack(string extension, byte[] packed, long maxBytes = long.MaxValue, int piece = 81920)
    {
        RangeRead read = (offset, length, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(packed.AsMemory((int)offset, length));
        using var text = DatasetPackingCatalog.Find(extension)!.Unpack(read, packed.Length, maxBytes);
        using var unpacked = new MemoryStream();
        var buffer = new byte[piece];
        int count;
        while ((count = text.ReadAsync(buffer).AsTask().GetAwaiter().GetResult()) > 0)
        {
            unpacked.Write(buffer, 0, count);
        }

        Assert.Equal(unpacked.Length, text.Position);
        return unpacked.ToArray();
    }
}
