namespace FunctionsEval.Core.Datasets.Text;

/// <summary>Recognises content that is not text by its first bytes.</summary>
internal static class TextContent
{
    private static readonly (byte[] Magic, string Message)[] Magics =
    [
        ([0x50, 0x4B, 0x03, 0x04], "is a ZIP archive or a spreadsheet. Unpack it, or save the sheet as “CSV UTF-8”."),
        ([0x1F, 0x8B], "is compressed with gzip. Give its name the ending .gz, or upload the unpacked file (`gunzip`)."),
        ([0x28, 0xB5, 0x2F, 0xFD], "is compressed with Zstandard. Give its name the ending .zst, or upload the unpacked file (`zstd -d`)."),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "is compressed with xz. Upload the unpacked file (`unxz`)."),
        ("BZh91AY&SY"u8.ToArray(), "is compressed with bzip2. Upload the unpacked file (`bunzip2`)."),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "is a 7z archive. Upload the file inside."),
        ("PAR1\u0015"u8.ToArray(), "is Parquet. Give its name the ending .parquet."),
        ("ARROW1"u8.ToArray(), "is an Arrow file. Convert it to JSONL."),
        ("Obj\u0001"u8.ToArray(), "is an Avro file. Convert it to JSONL."),
        ("SQLite format 3"u8.ToArray(), "is an SQLite database. Export the table as CSV."),
        ("%PDF-"u8.ToArray(), $"is a PDF. Upload {DatasetFormatCatalog.Names}."),
        ([0xD0, 0xCF, 0x11, 0xE0], "is an old Office document. Save the sheet as “CSV UTF-8”."),
    ];

    /// <summary>Finds what a content is instead of text in UTF-8; null when it may be that.</summary>
    public static Misfit? FindMisfit(ReadOnlySpan<byte> head)
    {
        if (head.Trim(" \t\r\n\uFEFF"u8).IsEmpty)
        {
            return new Misfit(DatasetProblems.Empty, "is empty. Upload a file with at least one row.");
        }

        foreach (var (magic, message) in Magics)
        {
            if (head.StartsWith(magic))
            {
                return new Misfit(DatasetProblems.Binary, message);
            }
        }

        if (WideEncodingOf(head) is { } wide)
        {
            return new Misfit(DatasetProblems.Encoding, $"is {wide}. Save it as UTF-8, for example with `iconv -f {wide} -t UTF-8`.");
        }

        var firstLine = FirstLine(head);
        if (firstLine.Contains((byte)0))
        {
            return new Misfit(
                DatasetProblems.Binary,
                $"is binary data (NUL bytes in the first line). Upload {DatasetFormatCatalog.Names} in UTF-8.",
                1
            );
        }

        if (!head.Contains((byte)'\n') && head.TrimEnd((byte)'\r').Contains((byte)'\r'))
        {
            return new Misfit(
                DatasetProblems.Encoding,
                "ends its lines with CR alone. Convert the line ends to LF, for example with `tr '\\r' '\\n'`.",
                1
            );
        }

        return null;
    }

    private static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> head)
    {
        var end = head.IndexOf((byte)'\n');
        return end < 0 ? head : head[..end];
    }

    /// <summary>UTF-16 or UTF-32, by its byte order mark or by the zeros in every other byte; null for none.</summary>
    private static string? WideEncodingOf(ReadOnlySpan<byte> head)
    {
        if (head is [0xFF, 0xFE, 0, 0, ..] or [0, 0, 0xFE, 0xFF, ..])
        {
            return "UTF-32";
        }

        if (head is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return "UTF-16";
        }

        var pairs = Math.Min(head.Length, 4096) / 2;
        var even = 0;
        var odd = 0;
        for (var i = 0; i < pairs; i++)
        {
            even += head[2 * i] == 0 ? 1 : 0;
            odd += head[2 * i + 1] == 0 ? 1 : 0;
        }

        // The marks of JSON and the delimiters of CSV are ASCII, whatever the script of the text.
        return pairs < 4 ? null
            : even == 0 && odd * 8 > pairs ? "UTF-16LE"
            : odd == 0 && even * 8 > pairs ? "UTF-16BE"
            : null;
    }
}
