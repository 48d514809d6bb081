using System.Text.Json;

namespace FunctionsEval.Core.Datasets.Parquet;

/// <summary>
/// A column or a group of columns that writes its part of each row as JSON, from values with their levels (Melnik et al., "Dremel", 2010).
/// </summary>
/// <param name="name">The name of the field.</param>
internal abstract class ParquetNode(string name)
{
    /// <summary>Maximum number of bytes of a row, as in other formats.</summary>
    public const int MaxRowBytes = DatasetReadOptions.DefaultMaxRowBytes;

    /// <summary>The name of the field.</summary>
    public string Name => name;

    /// <summary>The first column below; its levels say what is there.</summary>
    public abstract ParquetLeaf First { get; }

    /// <summary>The columns and groups of columns right below; none for a column.</summary>
    public abstract IReadOnlyList<ParquetNode> Children { get; }

    /// <summary>Whether there is nothing at the current entry.</summary>
    public abstract bool IsNull { get; }

    /// <summary>Writes what is at the current entry, and goes past it.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="RowTooLongException">The row has more bytes than a row may have.</exception>
    public abstract void Write(Utf8JsonWriter writer);

    /// <summary>Goes past one entry.</summary>
    public abstract void Skip();

    /// <summary>Writes what is at the current entry, or null.</summary>
    protected static void WriteOrNull(ParquetNode node, Utf8JsonWriter writer)
    {
        if (node.IsNull)
        {
            writer.WriteNullValue();
            node.Skip();
        }
        else
        {
            node.Write(writer);
        }

        Check(writer);
    }

    /// <exception cref="RowTooLongException">The row has more bytes than a row may have.</exception>
    protected static void Check(Utf8JsonWriter writer)
    {
        if (writer.BytesCommitted + writer.BytesPending > MaxRowBytes)
        {
            throw new RowTooLongException();
        }
    }

    protected static InvalidDataException Damaged() => new("The columns do not fit each other.");
}

/// <summary>A row has more bytes than a row may have.</summary>
internal sealed class RowTooLongException : Exception;

/// <summary>
/// An object. A member that is absent is left out: Parquet gives all rows the same members, and cannot tell null from absent.
/// </summary>
/// <param name="name">The name of the field.</param>
/// <param name="members">The members, at least one.</param>
/// <param name="level">The definition level from which on it is there.</param>
internal sealed class ParquetObject(string name, IReadOnlyList<ParquetNode> members, int level) : ParquetNode(name)
{
    public override ParquetLeaf First => members[0].First;

    public override IReadOnlyList<ParquetNode> Children => members;

    public override bool IsNull => First.Definition < level;

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var member in members)
        {
            if (member.IsNull)
            {
                member.Skip();
                continue;
            }

            writer.WritePropertyName(member.Name);
            member.Write(writer);
            Check(writer);
        }

        writer.WriteEndObject();
    }

    public override void Skip()
    {
        foreach (var member in members)
        {
            member.Skip();
        }
    }
}

/// <summary>A list.</summary>
/// <param name="name">The name of the field.</param>
/// <param name="item">What it lists.</param>
/// <param name="level">The definition level from which on it is there.</param>
/// <param name="itemLevel">The definition level from which on it has an element.</param>
/// <param name="repetition">The repetition level of further elements.</param>
internal sealed class ParquetList(string name, ParquetNode item, int level, int itemLevel, int repetition) : ParquetNode(name)
{
    public override ParquetLeaf First => item.First;

    public override IReadOnlyList<ParquetNode> Children { get; } = [item];

    public override bool IsNull => First.Definition < level;

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        if (First.Definition < itemLevel)
        {
            Skip();
        }
        else
        {
            do
            {
                WriteOrNull(item, writer);
            } while (First.Repetition == repetition);

            if (First.Repetition > repetition)
            {
                throw Damaged();
            }
        }

        writer.WriteEndArray();
    }

    public override void Skip() => item.Skip();
}

/// <summary>A map whose keys are texts: an object.</summary>
/// <param name="name">The name of the field.</param>
/// <param name="key">The keys.</param>
/// <param name="value">The values.</param>
/// <param name="level">The definition level from which on it is there.</param>
/// <param name="itemLevel">The definition level from which on it has an element.</param>
/// <param name="repetition">The repetition level of further elements.</param>
internal sealed class ParquetMap(
    string name,
    ParquetLeaf<ReadOnlyMemory<char>> key,
    ParquetNode value,
    int level,
    int itemLevel,
    int repetition
) : ParquetNode(name)
{
    public override ParquetLeaf First => key;

    public override IReadOnlyList<ParquetNode> Children { get; } = [key, value];

    public override bool IsNull => First.Definition < level;

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        if (First.Definition < itemLevel)
        {
            Skip();
        }
        else
        {
            do
            {
                writer.WritePropertyName(key.Take().Span);
                WriteOrNull(value, writer);
            } while (First.Repetition == repetition);
        }

        writer.WriteEndObject();
    }

    public override void Skip()
    {
        key.Skip();
        value.Skip();
    }
}
