using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace FunctionsEval.Core.Datasets;

/// <summary>Positions in UTF-8 bytes.</summary>
internal static class Utf8Text
{
    /// <summary>The byte order mark.</summary>
    public static ReadOnlySpan<byte> Bom => [0xEF, 0xBB, 0xBF];

    /// <summary>Index of the first byte that is part of no character; -1 when all are valid.</summary>
    public static int IndexOfInvalid(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            return -1;
        }

        var index = 0;
        while (Rune.DecodeFromUtf8(bytes[index..], out _, out var length) == OperationStatus.Done)
        {
            index += length;
        }

        return index;
    }

    /// <summary>The 1-based number of the character (code point) that starts at, or holds, byte <paramref name="index"/>.</summary>
    public static int ColumnOf(ReadOnlySpan<byte> bytes, int index)
    {
        var column = 1;
        foreach (var b in bytes[..Math.Min(index, bytes.Length)])
        {
            if ((b & 0xC0) != 0x80)
            {
                column++;
            }
        }

        return column;
    }
}
