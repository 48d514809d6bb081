using System.Globalization;
using System.Text;
using FunctionsEval.Core.Datasets;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Client;

/// <summary>Reads the lines of a text file, packed or not, each of which is held in memory and so must not be too long.</summary>
/// <param name="path">The file.</param>
/// <param name="maxCharacters">The longest line.</param>
internal sealed class LineReader(string path, int maxCharacters = LineReader.DefaultMaxCharacters)
{
    /// <summary>Sixteen times the longest row of a dataset: a line of answers has its texts several times.</summary>
    public const int DefaultMaxCharacters = 64 * 1024 * 1024;

    /// <summary>Blocks of this length are small objects, which are collected without a pause.</summary>
    private const int BlockBytes = 64 * 1024;

    /// <summary>
    /// Reads the file in blocks of whole lines, which end with LF, CR LF or CR. A file of UTF-16 or UTF-32 says so in front.
    /// </summary>
    /// <exception cref="LocalHostException">The file cannot be unpacked, or a line is too long.</exception>
    public IEnumerable<LineBlock> Read()
    {
        using var text = Open();
        var (number, rest, isFirst, isEnd) = (1, Array.Empty<byte>(), true, false);
        while (!isEnd)
        {
            var block = new byte[Math.Max(BlockBytes, 2 * rest.Length)];
            rest.CopyTo(block, 0);
            var length = rest.Length + Fill(text, block.AsSpan(rest.Length));
            isEnd = length < block.Length;
            var end = isEnd ? length : EndOfLastLine(block);
            CheckLength(block.AsSpan(0, end == 0 ? length : end), number);
            rest = block[end..length];
            if (end == 0)
            {
                continue;
            }

            var start = isFirst && block.AsSpan(0, end).StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
            var lines = new LineBlock(number, block.AsMemory(start, end - start));
            yield return lines;
            number += lines.CountEnds();
            isFirst = false;
        }
    }

    /// <summary>Where the last line ends that is whole; 0 for none. A CR at the end may be half of a line's end.</summary>
    private static int EndOfLastLine(ReadOnlySpan<byte> block) =>
        Math.Max(block.LastIndexOf((byte)'\n'), block[..^1].LastIndexOf((byte)'\r')) + 1;

    private Stream Open()
    {
        Span<byte> mark = stackalloc byte[4];
        using (var text = PackedFile.OpenText(path))
        {
            mark = mark[..Fill(text, mark)];
        }

        foreach (
            var encoding in (Encoding[])[new UTF32Encoding(), new UTF32Encoding(true, true), Encoding.Unicode, Encoding.BigEndianUnicode]
        )
        {
            if (mark.StartsWith(encoding.Preamble))
            {
                return Encoding.CreateTranscodingStream(PackedFile.OpenText(path), encoding, Encoding.UTF8);
            }
        }

        return PackedFile.OpenText(path);
    }

    /// <summary>Checks the first line, which alone can be longer than a block.</summary>
    private void CheckLength(ReadOnlySpan<byte> block, int number)
    {
        if (block.Length <= maxCharacters)
        {
            return;
        }

        var end = block.IndexOfAny((byte)'\n', (byte)'\r');
        if (Encoding.UTF8.GetCharCount(end < 0 ? block : block[..end]) > maxCharacters)
        {
            throw new LocalHostException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{path}, line {number}: is longer than {maxCharacters:N0} characters. Each line must be one JSON object: "
                        + $"make one of each element of a list with `jq -c '.[]'`."
                )
            );
        }
    }

    private int Fill(Stream text, Span<byte> block)
    {
        try
        {
            return text.ReadAtLeast(block, block.Length, throwOnEndOfStream: false);
        }
        catch (DatasetException damaged)
        {
            throw new LocalHostException($"{path}: {damaged.Message}");
        }
    }
}
