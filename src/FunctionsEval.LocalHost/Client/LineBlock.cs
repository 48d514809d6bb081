namespace FunctionsEval.LocalHost.Client;

/// <summary>Some lines of a file.</summary>
/// <param name="First">Number of the first one, from 1.</param>
/// <param name="Bytes">The lines with their ends; the file's last one may have none.</param>
internal readonly record struct LineBlock(int First, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The lines without their ends, each with its number.</summary>
    public IEnumerable<(int Number, ReadOnlyMemory<byte> Line)> Lines()
    {
        var (rest, number) = (Bytes, First);
        for (; !rest.IsEmpty; number++)
        {
            var end = rest.Span.IndexOfAny((byte)'\n', (byte)'\r');
            if (end < 0)
            {
                yield return (number, rest);
                yield break;
            }

            yield return (number, rest[..end]);
            rest = rest[(end + LengthOfEnd(rest.Span[end..]))..];
        }
    }

    /// <summary>How many of the lines have an end.</summary>
    public int CountEnds()
    {
        var bytes = Bytes.Span;
        var count = bytes.Count((byte)'\n');
        for (var start = 0; bytes[start..].IndexOf((byte)'\r') is >= 0 and var place; )
        {
            start += place + LengthOfEnd(bytes[(start + place)..]);
            count += bytes[start - 1] == '\r' ? 1 : 0;
        }

        return count;
    }

    private static int LengthOfEnd(ReadOnlySpan<byte> end) => end.StartsWith("\r\n"u8) ? 2 : 1;
}
