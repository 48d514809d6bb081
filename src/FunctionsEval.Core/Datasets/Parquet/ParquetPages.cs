using Parquet.Meta;
using ZstdSharp;

namespace FunctionsEval.Core.Datasets.Parquet;

/// <summary>Checks the pages of a column chunk before the library unpacks them, because it allocates what they announce.</summary>
internal static class ParquetPages
{
    private const int RepetitionLevelsLength = 6;
    private const int DefinitionLevelsLength = 5;
    private const int IsCompressed = 7;

    /// <summary>PLAIN, PLAIN_DICTIONARY, RLE, RLE_DICTIONARY, BYTE_STREAM_SPLIT: those whose values take no more than their page.</summary>
    private static readonly long[] Encodings = [0, 2, 3, 8, 9];

    /// <summary>Those after which the library does not take memory for values that nobody wrote.</summary>
    private static readonly CompressionCodec[] Codecs =
    [
        CompressionCodec.UNCOMPRESSED,
        CompressionCodec.SNAPPY,
        CompressionCodec.GZIP,
        CompressionCodec.ZSTD,
    ];

    /// <summary>Checks a chunk.</summary>
    /// <param name="chunk">Its bytes.</param>
    /// <param name="column">What the metadata says of it.</param>
    /// <param name="isRepeated">Whether the column is in a list.</param>
    /// <param name="maxBytes">Maximum number of unpacked bytes.</param>
    /// <returns>Unpacked bytes, and entries of the dictionary.</returns>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    /// <exception cref="NotSupportedException">It has what is not read.</exception>
    /// <exception cref="TooManyBytesException">It is larger.</exception>
    public static (long Bytes, int DictionaryEntries) Check(ReadOnlySpan<byte> chunk, ColumnMetaData column, bool isRepeated, long maxBytes)
    {
        if (!Codecs.Contains(column.Codec))
        {
            throw new NotSupportedException($"the compression {column.Codec}");
        }

        long bytes = 0;
        long values = 0;
        long entries = 0;
        while (values < column.NumValues)
        {
            var page = PageHead.Read(chunk, out var length);
            Require(page.Compressed >= 0 && page.Unpacked >= 0 && page.Compressed <= chunk.Length - length);
            Require(column.Codec != CompressionCodec.UNCOMPRESSED || page.Unpacked <= page.Compressed);
            var data = chunk.Slice(length, (int)page.Compressed);
            bytes += Math.Max(page.Unpacked, Announced(data, page, column.Codec));
            if (bytes > maxBytes)
            {
                throw new TooManyBytesException(maxBytes);
            }

            entries = Math.Max(entries, EntriesOf(page));
            values += ValuesOf(page, isRepeated);
            chunk = chunk[(length + data.Length)..];
        }

        Require(values == column.NumValues);
        return (bytes, (int)entries);
    }

    private static long EntriesOf(PageHead page)
    {
        var entries = page.Numbers.GetValueOrDefault(("DictionaryPageHeader", 1));
        // Each value has at least a byte.
        Require(entries >= 0 && entries <= page.Unpacked);
        return entries;
    }

    private static long ValuesOf(PageHead page, bool isRepeated)
    {
        switch (page.Type)
        {
            case PageType.DICTIONARY_PAGE:
                return 0;
            case PageType.DATA_PAGE:
            case PageType.DATA_PAGE_V2:
                var header = page.Type == PageType.DATA_PAGE ? "DataPageHeader" : "DataPageHeaderV2";
                if (page.Type == PageType.DATA_PAGE_V2 && isRepeated)
                {
                    throw new NotSupportedException("lists in data pages of version 2");
                }

                if (!Encodings.Contains(page.Numbers.GetValueOrDefault((header, page.Type == PageType.DATA_PAGE ? 2 : 4))))
                {
                    throw new NotSupportedException("a delta encoding");
                }

                Require(page.Numbers.GetValueOrDefault((header, 1)) is var values && values is >= 0 and <= int.MaxValue);
                return values;
            default:
                throw new NotSupportedException("index pages");
        }
    }

    /// <summary>What the compressed bytes say themselves of their unpacked size; 0 where the library goes by the page's header.</summary>
    private static long Announced(ReadOnlySpan<byte> data, PageHead page, CompressionCodec codec)
    {
        if (page.Type == PageType.DATA_PAGE_V2)
        {
            var levels =
                page.Numbers.GetValueOrDefault(("DataPageHeaderV2", RepetitionLevelsLength))
                + page.Numbers.GetValueOrDefault(("DataPageHeaderV2", DefinitionLevelsLength));
            Require(levels >= 0 && levels <= data.Length);
            data = page.Numbers.GetValueOrDefault(("DataPageHeaderV2", IsCompressed), 1) == 0 ? [] : data[(int)levels..];
        }

        if (codec == CompressionCodec.ZSTD && data.Length > 0)
        {
            var size = Decompressor.GetDecompressedSize(data);
            return size <= long.MaxValue / 2 ? (long)size : throw new InvalidDataException("The page does not say its size.");
        }

        var announced = 0L;
        for (var i = 0; codec == CompressionCodec.SNAPPY && i < Math.Min(5, data.Length); i++)
        {
            announced |= (long)(data[i] & 0x7F) << (7 * i);
            if (data[i] < 0x80)
            {
                break;
            }
        }

        return announced;
    }

    private static void Require(bool isTrue)
    {
        if (!isTrue)
        {
            throw new InvalidDataException("A page is damaged.");
        }
    }

    /// <summary>A page's header.</summary>
    private sealed record PageHead(Dictionary<(string Structure, int Field), long> Numbers)
    {
        public PageType Type => (PageType)Numbers.GetValueOrDefault(("PageHeader", 1), -1);

        public long Unpacked => Numbers.GetValueOrDefault(("PageHeader", 2), -1);

        public long Compressed => Numbers.GetValueOrDefault(("PageHeader", 3), -1);

        public static PageHead Read(ReadOnlySpan<byte> bytes, out int length)
        {
            Dictionary<(string, int), long> numbers = [];
            var walk = new ThriftWalk(bytes, (structure, field, value) => numbers[(structure, field)] = value);
            walk.Structure("PageHeader");
            length = walk.Position;
            return new PageHead(numbers);
        }
    }
}
