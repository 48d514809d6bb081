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

    private const int BlockCharacters = 64 * 1024;

    /// <summary>Reads the lines, which end with LF, CR LF or CR.</summary>
    /// <exception cref="LocalHostException">The file is not UTF-8, or a line is too long.</exception>
    public IEnumerable<string> Read()
    {
        using var reader = new StreamReader(
            PackedFile.OpenText(path),
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true)
        );
        var (block, line, number, isAfterReturn) = (new char[BlockCharacters], new StringBuilder(), 1, false);
        for (var count = Fill(reader, block, number); count > 0; count = Fill(reader, block, number))
        {
            var start = 0;
            for (var end = FindEnd(block, start, count); end >= 0; end = FindEnd(block, start, count))
            {
                var isSecondHalf = isAfterReturn && end == start && line.Length == 0 && block[end] == '\n';
                Append(line, block.AsSpan(start, end - start), number);
                (start, isAfterReturn) = (end + 1, block[end] == '\r');
                if (isSecondHalf)
                {
                    continue;
                }

                yield return line.ToString();
                line.Clear();
                number++;
            }

            Append(line, block.AsSpan(start, count - start), number);
        }

        if (line.Length > 0)
        {
            yield return line.ToString();
        }
    }

    private static int FindEnd(char[] block, int start, int count)
    {
        var end = block.AsSpan(start, count - start).IndexOfAny('\n', '\r');
        return end < 0 ? -1 : start + end;
    }

    private void Append(StringBuilder line, ReadOnlySpan<char> text, int number)
    {
        if (line.Length + text.Length > maxCharacters)
        {
            throw new LocalHostException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{path}, line {number}: is longer than {maxCharacters:N0} characters. Each line must be one JSON object: "
                        + $"make one of each element of a list with `jq -c '.[]'`."
                )
            );
        }

        line.Append(text);
    }

    private int Fill(StreamReader reader, char[] block, int number)
    {
        try
        {
            return reader.ReadBlock(block);
        }
        catch (DatasetException damaged)
        {
            throw new LocalHostException($"{path}: {damaged.Message}");
        }
        catch (DecoderFallbackException)
        {
            throw new LocalHostException(
                string.Create(CultureInfo.InvariantCulture, $"{path}, at or after line {number}: is not UTF-8. Save the file as UTF-8.")
            );
        }
    }
}
