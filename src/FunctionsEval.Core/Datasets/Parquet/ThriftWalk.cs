namespace FunctionsEval.Core.Datasets.Parquet;

/// <summary>
/// Goes through a structure of Parquet's metadata before the library reads it. The library trusts what it reads: a file can make it loop
/// for ever behind the end of the metadata, recurse until the stack overflows, or allocate what is merely announced. Here nothing is
/// built, every length is held against the bytes that are there, and the nesting is that of the known structures.
/// </summary>
/// <param name="bytes">The metadata; more may follow.</param>
/// <param name="seen">Receives each structure's beginning (name, 0, 0), and each whole number and truth value (structure, field,
/// value).</param>
internal ref struct ThriftWalk(ReadOnlySpan<byte> bytes, Action<string, int, long> seen)
{
    /// <summary>Maximum number of structures, each of which the library makes an object of.</summary>
    private const int MaxStructures = 500_000;

    private const int Bool = 1;
    private const int False = 2;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _structures;

    /// <summary>Bytes gone through.</summary>
    public int Position { get; private set; }

    /// <summary>Goes through a structure.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such structure.</exception>
    /// <exception cref="NotSupportedException">It has a field that is not known and not simple.</exception>
    public void Structure(string name)
    {
        Require(++_structures <= MaxStructures);
        seen(name, 0, 0);
        var fields = ThriftShape.FieldsOf(name);
        var last = 0;
        for (int header = Next(); header != 0; header = Next())
        {
            var id = header >> 4 == 0 ? (int)Number() : last + (header >> 4);
            Require(id > last && id <= short.MaxValue);
            last = id;
            var type = header & 15;
            if (!fields.TryGetValue(id, out var field))
            {
                SkipUnknown(type);
                continue;
            }

            Require(type == TypeOf(field.Kind) || (field.Kind == ThriftKind.Bool && type == False));
            if (field.Kind == ThriftKind.List)
            {
                List(field);
            }
            else if (field.Kind == ThriftKind.Bool)
            {
                seen(name, id, type == Bool ? 1 : 0);
            }
            else
            {
                Value(field.Kind, field.Name, name, id);
            }
        }
    }

    private void List(ThriftField field)
    {
        int header = Next();
        var count = header >> 4 == 15 ? Length() : header >> 4;
        Require(count == 0 || (header & 15) == TypeOf(field.Item));
        Require(count <= _bytes.Length - Position);
        for (var i = 0; i < count; i++)
        {
            Value(field.Item, field.Name, "", 0);
        }
    }

    private void Value(ThriftKind kind, string structure, string owner, int id)
    {
        switch (kind)
        {
            case ThriftKind.Byte:
                seen(owner, id, Next());
                break;
            case ThriftKind.Double:
                Skip(8);
                break;
            case ThriftKind.Binary:
                Skip(Length());
                break;
            case ThriftKind.Struct:
                Structure(structure);
                break;
            default:
                seen(owner, id, Number());
                break;
        }
    }

    private void SkipUnknown(int type)
    {
        if (type is Bool or False)
        {
            return;
        }

        var kind = Enum.GetValues<ThriftKind>().First(kind => kind == ThriftKind.Struct || TypeOf(kind) == type);
        if (kind is ThriftKind.List or ThriftKind.Struct)
        {
            throw new NotSupportedException("metadata of a later version of Parquet");
        }

        Value(kind, "", "", 0);
    }

    /// <summary>Number of a kind in the protocol.</summary>
    private static int TypeOf(ThriftKind kind) =>
        kind switch
        {
            ThriftKind.Bool => Bool,
            ThriftKind.Byte => 3,
            ThriftKind.I16 => 4,
            ThriftKind.I32 => 5,
            ThriftKind.I64 => 6,
            ThriftKind.Double => 7,
            ThriftKind.Binary => 8,
            ThriftKind.List => 9,
            _ => 12,
        };

    private byte Next()
    {
        Require(Position < _bytes.Length);
        return _bytes[Position++];
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            Require(shift < 64);
            var part = Next();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }

    private long Number()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private int Length()
    {
        var length = Varint();
        Require(length <= (ulong)(_bytes.Length - Position));
        return (int)length;
    }

    private void Skip(int count)
    {
        Require(count <= _bytes.Length - Position);
        Position += count;
    }

    private static void Require(bool isTrue)
    {
        if (!isTrue)
        {
            throw new InvalidDataException("The metadata is damaged.");
        }
    }
}
