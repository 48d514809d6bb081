using System.Buffers.Binary;
using System.IO.Hashing;

namespace FunctionsEval.Core.Scoring.Stored;

/// <summary>
/// How a scoreboard is stored: a header, frames of a length and that many bytes, a frame of length 0, and XXH64 of the bytes of all frames.
/// It says itself where it ends, so more can follow it in a stream.
/// </summary>
internal static class StoredForm
{
    /// <summary>Maximum number of bytes in a frame. No item of the form is longer or lies in two frames.</summary>
    public const int MaxFrame = 1 << 16;

    /// <summary>How many numbers are stored by their distance from the smallest of them.</summary>
    public const int BlockLength = 1 << 10;

    /// <summary>The last byte is the version.</summary>
    public static ReadOnlySpan<byte> Header => "FEscore\u0001"u8;

    /// <summary>Checks a whole form and goes back to its beginning.</summary>
    /// <param name="stored">The form; seekable.</param>
    /// <exception cref="InvalidDataException">It is none, or damaged.</exception>
    public static void Check(Stream stored)
    {
        var start = stored.Position;
        ReadHeader(stored);
        var (frame, hash) = (new byte[MaxFrame], new XxHash64());
        while (ReadFrame(stored, frame, hash) > 0)
        {
            // Each frame adds to the hash, which the last one is held to.
        }

        stored.Position = start;
    }

    /// <summary>Reads the header.</summary>
    /// <exception cref="InvalidDataException">It is another one.</exception>
    public static void ReadHeader(Stream stored)
    {
        Span<byte> header = stackalloc byte[Header.Length];
        ReadExactly(stored, header);
        if (!header.SequenceEqual(Header))
        {
            throw new InvalidDataException("These bytes are no stored scoreboard of this version.");
        }
    }

    /// <summary>Reads the next frame and returns its length; 0 at the end, where the hash is right.</summary>
    /// <exception cref="InvalidDataException">The form is damaged.</exception>
    public static int ReadFrame(Stream stored, byte[] frame, XxHash64 hash)
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        ReadExactly(stored, number[..sizeof(int)]);
        var length = BinaryPrimitives.ReadInt32LittleEndian(number);
        if (length is < 0 or > MaxFrame)
        {
            throw Damaged();
        }

        if (length > 0)
        {
            ReadExactly(stored, frame.AsSpan(0, length));
            hash.Append(frame.AsSpan(0, length));
            return length;
        }

        ReadExactly(stored, number);
        return BinaryPrimitives.ReadUInt64LittleEndian(number) == hash.GetCurrentHashAsUInt64() ? 0 : throw Damaged();
    }

    /// <summary>The exception for a form that does not hold what it should.</summary>
    public static InvalidDataException Damaged() => new("The stored scoreboard is damaged.");

    private static void ReadExactly(Stream stored, Span<byte> bytes)
    {
        if (stored.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw Damaged();
        }
    }
}
