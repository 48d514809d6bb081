using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;

namespace FunctionsEval.Core.Scoring.Stored;

/// <summary>Writes the items of a <see cref="StoredForm"/>.</summary>
internal sealed class StoredWriter
{
    private const int MaxVarint = 10;

    private readonly Stream _stored;
    private readonly byte[] _frame = new byte[StoredForm.MaxFrame];
    private readonly XxHash64 _hash = new();
    private int _length;

    /// <summary>Writes the header.</summary>
    public StoredWriter(Stream stored)
    {
        _stored = stored;
        stored.Write(StoredForm.Header);
    }

    /// <summary>Writes a number that is mostly small: seven bits a byte.</summary>
    public void Write(ulong number)
    {
        Reserve(MaxVarint);
        while (number >= 0x80)
        {
            _frame[_length++] = (byte)(number | 0x80);
            number >>= 7;
        }

        _frame[_length++] = (byte)number;
    }

    /// <summary>Writes a number of either sign that is mostly near 0.</summary>
    public void Write(long number) => Write((ulong)((number << 1) ^ (number >> 63)));

    /// <summary>Writes yes or no.</summary>
    public void Write(bool isTrue) => Write(isTrue ? 1UL : 0);

    /// <summary>Writes a text by its UTF-16 code units, so that every text is read as it was.</summary>
    public void Write(string text)
    {
        Write((ulong)text.Length);
        foreach (var unit in text)
        {
            Write((ulong)unit);
        }
    }

    /// <summary>Writes 64 bits that are as good as random: a key, or the bits of a double.</summary>
    public void WriteBits(ulong bits)
    {
        Reserve(sizeof(ulong));
        BinaryPrimitives.WriteUInt64LittleEndian(_frame.AsSpan(_length), bits);
        _length += sizeof(ulong);
    }

    /// <summary>Writes a double by its bits.</summary>
    public void WriteBits(double number) => WriteBits(BitConverter.DoubleToUInt64Bits(number));

    /// <summary>
    /// Writes numbers that lie near each other, as one sum does in all replicates: in blocks, by the smallest one and as few bytes for each
    /// distance from it as the longest needs.
    /// </summary>
    public void WriteColumn(ReadOnlySpan<long> numbers)
    {
        for (; !numbers.IsEmpty; numbers = numbers[Math.Min(StoredForm.BlockLength, numbers.Length)..])
        {
            WriteBlock(numbers[..Math.Min(StoredForm.BlockLength, numbers.Length)]);
        }
    }

    /// <summary>Ends the form.</summary>
    public void Finish()
    {
        EndFrame();
        Span<byte> end = stackalloc byte[sizeof(int) + sizeof(ulong)];
        BinaryPrimitives.WriteInt32LittleEndian(end, 0);
        BinaryPrimitives.WriteUInt64LittleEndian(end[sizeof(int)..], _hash.GetCurrentHashAsUInt64());
        _stored.Write(end);
    }

    private void WriteBlock(ReadOnlySpan<long> numbers)
    {
        long least = long.MaxValue,
            largest = long.MinValue;
        foreach (var number in numbers)
        {
            least = Math.Min(least, number);
            largest = Math.Max(largest, number);
        }

        var bytes = (71 - BitOperations.LeadingZeroCount(unchecked((ulong)(largest - least)))) / 8;
        Write(least);
        Write((ulong)bytes);
        Reserve((numbers.Length + 1) * sizeof(ulong));
        var place = _frame.AsSpan(_length);
        foreach (var number in numbers)
        {
            // The bytes of a distance that are too many are written over by the next one.
            BinaryPrimitives.WriteInt64LittleEndian(place, unchecked(number - least));
            place = place[bytes..];
        }

        _length += numbers.Length * bytes;
    }

    private void Reserve(int bytes)
    {
        if (_frame.Length - _length < bytes)
        {
            EndFrame();
        }
    }

    private void EndFrame()
    {
        if (_length == 0)
        {
            return;
        }

        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, _length);
        _stored.Write(length);
        _stored.Write(_frame, 0, _length);
        _hash.Append(_frame.AsSpan(0, _length));
        _length = 0;
    }
}
