using System.Text;

namespace FunctionsEval.Functions.Reports.Merging;

/// <summary>The hashes of the ids of a range's samples, with their lines, in dataset order.</summary>
internal sealed class MergedIds : IDisposable
{
    private readonly MemoryStream _stream = new();
    private readonly BinaryWriter _writer;
    private long _line;

    public MergedIds() => _writer = new BinaryWriter(_stream, Encoding.UTF8);

    /// <summary>The ids so far.</summary>
    public byte[] ToArray()
    {
        _writer.Flush();
        return _stream.ToArray();
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    /// <summary>Adds a sample's.</summary>
    public void Add(ulong key, long line)
    {
        _writer.Write(key);
        _writer.Write7BitEncodedInt64(line - _line);
        _line = line;
    }

    /// <summary>Looks for duplicates among the ids of a range.</summary>
    public static void AddTo(DuplicateIds duplicates, ReadOnlyMemory<byte> ids)
    {
        using var reader = new BinaryReader(new BinaryData(ids).ToStream(), Encoding.UTF8);
        for (var line = 0L; reader.BaseStream.Position < ids.Length; )
        {
            var key = reader.ReadUInt64();
            line += reader.Read7BitEncodedInt64();
            duplicates.Add(key, line);
        }
    }
}
