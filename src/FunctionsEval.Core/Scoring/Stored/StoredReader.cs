using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace FunctionsEval.Core.Scoring.Stored;

/// <summary>
/// Reads the items of a <see cref="StoredForm"/> in the order in which they were written. Every method throws
/// <see cref="InvalidDataException"/> where the form is damaged.
/// </summary>
internal sealed class StoredReader
{
    private readonly Stream _stored;

    // With room behind it, because distances of few bytes are read as 8.
    private readonly byte[] _frame = new byte[StoredForm.MaxFrame + sizeof(ulong)];
    private readonly XxHash64 _hash = new();
    private int _position;
    private int _length;

    /// <summary>Reads the header.</summary>
    public StoredReader(Stream stored)
    {
        _stored = stored;
        StoredForm.ReadHeader(stored);
    }

    /// <summary>Reads a number of at least 0.</summary>
    public ulong ReadUnsigned()
    {
        Fill();
        var number = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = _frame[Take(1)];
            number |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return number;
            }
        }

        throw StoredForm.Damaged();
    }

    /// <summary>Reads a number of either sign.</summary>
    public long ReadSigned()
    {
        var number = ReadUnsigned();
        return (long)(number >> 1) ^ -(long)(number & 1);
    }

    /// <summary>Reads a number from 0 to a limit.</summary>
    public int ReadWithin(int limit)
    {
        var number = ReadUnsigned();
        return number <= (ulong)limit ? (int)number : throw StoredForm.Damaged();
    }

    /// <summary>Reads yes or no.</summary>
    public bool ReadFlag() => ReadWithin(1) == 1;

    /// <summary>Reads a text.</summary>
    public string ReadText()
    {
        var text = new StringBuilder();
        for (var left = ReadWithin(int.MaxValue); left > 0; left--)
        {
            text.Append((char)ReadWithin(char.MaxValue));
        }

        return text.ToString();
    }

    /// <summary>Reads 64 bits.</summary>
    public ulong ReadBits()
    {
        Fill();
        return BinaryPrimitives.ReadUInt64LittleEndian(_frame.AsSpan(Take(sizeof(ulong))));
    }

    /// <summary>Reads a double.</summary>
    public double ReadDouble() => BitConverter.UInt64BitsToDouble(ReadBits());

    /// <summary>Adds the numbers of a column to those of another one.</summary>
    public void AddColumn(Span<long> sums)
    {
        for (; !sums.IsEmpty; sums = sums[Math.Min(StoredForm.BlockLength, sums.Length)..])
        {
            AddBlock(sums[..Math.Min(StoredForm.BlockLength, sums.Length)]);
        }
    }

    /// <summary>Reads the end of the form.</summary>
    public void Finish()
    {
        if (_position < _length || StoredForm.ReadFrame(_stored, _frame, _hash) != 0)
        {
            throw StoredForm.Damaged();
        }
    }

    private void AddBlock(Span<long> sums)
    {
        var least = ReadSigned();
        var bytes = ReadWithin(sizeof(ulong));
        if (bytes == 0)
        {
            for (var i = 0; i < sums.Length && least != 0; i++)
            {
                sums[i] = unchecked(sums[i] + least);
            }

            return;
        }

        Fill();
        var place = Take(bytes * sums.Length);
        var mask = ulong.MaxValue >> (64 - (8 * bytes));
        for (var i = 0; i < sums.Length; i++)
        {
            var distance = BinaryPrimitives.ReadUInt64LittleEndian(_frame.AsSpan(place)) & mask;
            sums[i] = unchecked(sums[i] + least + (long)distance);
            place += bytes;
        }
    }

    /// <summary>Takes bytes of the frame and returns where they begin.</summary>
    private int Take(int bytes)
    {
        var place = _position;
        if (_length - place < bytes)
        {
            throw StoredForm.Damaged();
        }

        _position += bytes;
        return place;
    }

    /// <summary>Goes on with the next frame where this one has ended.</summary>
    private void Fill()
    {
        if (_position == _length)
        {
            (_position, _length) = (0, StoredForm.ReadFrame(_stored, _frame, _hash));
            if (_length == 0)
            {
                throw StoredForm.Damaged();
            }
        }
    }
}
