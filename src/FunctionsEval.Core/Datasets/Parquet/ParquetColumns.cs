using System.Globalization;
using System.Text.Json;
using Parquet.Schema;

namespace FunctionsEval.Core.Datasets.Parquet;

/// <summary>Makes the columns of a file into the members of its rows.</summary>
internal static class ParquetColumns
{
    /// <summary>The members of a row. Columns of bytes, times of day and intervals are left out.</summary>
    /// <param name="schema">The file's columns.</param>
    /// <param name="labels">The names of its classes.</param>
    public static IReadOnlyList<ParquetNode> Create(ParquetSchema schema, ClassLabels labels) =>
        [.. schema.Fields.Select(field => Create(field, labels.MemberOf(field.Name))).OfType<ParquetNode>()];

    /// <summary>The columns of values below some members.</summary>
    public static IEnumerable<ParquetLeaf> LeavesOf(IEnumerable<ParquetNode> nodes) =>
        nodes.SelectMany(node =>
            node switch
            {
                ParquetLeaf leaf => [leaf],
                _ => LeavesOf(node.Children),
            }
        );

    private static ParquetNode? Create(Field field, ClassLabels labels) =>
        field switch
        {
            DataField { IsArray: true } array => CreateLeaf(array, labels.Item) is { } item
                ? new ParquetList(field.Name, item, array.MaxDefinitionLevel - 1, array.MaxDefinitionLevel, array.MaxRepetitionLevel)
                : null,
            DataField data => CreateLeaf(data, labels),
            StructField group => CreateObject(group, labels),
            ListField { Item: DataField { IsArray: true } array } => CreateLeaf(array, labels.Item) is { } item
                ? new ParquetList(field.Name, item, field.MaxDefinitionLevel, array.MaxDefinitionLevel, array.MaxRepetitionLevel)
                : null,
            ListField list => Create(list.Item, labels.Item) is { } item
                ? new ParquetList(field.Name, item, list.MaxDefinitionLevel - 1, list.MaxDefinitionLevel, list.MaxRepetitionLevel)
                : null,
            MapField map => CreateMap(map, labels),
            _ => null,
        };

    private static ParquetObject? CreateObject(StructField group, ClassLabels labels)
    {
        ParquetNode[] members = [.. group.Fields.Select(member => Create(member, labels.MemberOf(member.Name))).OfType<ParquetNode>()];
        return members.Length == 0 ? null : new ParquetObject(group.Name, members, group.MaxDefinitionLevel);
    }

    private static ParquetMap? CreateMap(MapField map, ClassLabels labels) =>
        Create(map.Key, labels) is ParquetLeaf<ReadOnlyMemory<char>> key && Create(map.Value, labels) is { } value
            ? new ParquetMap(map.Name, key, value, map.MaxDefinitionLevel - 1, map.MaxDefinitionLevel, map.MaxRepetitionLevel)
            : null;

    private static ParquetLeaf? CreateLeaf(DataField field, ClassLabels labels) =>
        field is TimeDataField ? null
        : field.ClrType == typeof(ReadOnlyMemory<char>) ? new ParquetLeaf<ReadOnlyMemory<char>>(field, WriteText)
        : field.ClrType == typeof(bool) ? new ParquetLeaf<bool>(field, (writer, value) => writer.WriteBooleanValue(value))
        : field.ClrType == typeof(sbyte) ? Whole<sbyte>(field, value => value, labels)
        : field.ClrType == typeof(byte) ? Whole<byte>(field, value => value, labels)
        : field.ClrType == typeof(short) ? Whole<short>(field, value => value, labels)
        : field.ClrType == typeof(ushort) ? Whole<ushort>(field, value => value, labels)
        : field.ClrType == typeof(int) ? Whole<int>(field, value => value, labels)
        : field.ClrType == typeof(uint) ? Whole<uint>(field, value => value, labels)
        : field.ClrType == typeof(long) ? Whole<long>(field, value => value, labels)
        : field.ClrType == typeof(ulong) ? new ParquetLeaf<ulong>(field, (writer, value) => writer.WriteNumberValue(value))
        : CreateRareLeaf(field);

    private static ParquetLeaf? CreateRareLeaf(DataField field) =>
        field.ClrType == typeof(float)
            ? new ParquetLeaf<float>(field, (writer, value) => writer.WriteNumberValue(value), value => !float.IsFinite(value))
        : field.ClrType == typeof(double)
            ? new ParquetLeaf<double>(field, (writer, value) => writer.WriteNumberValue(value), value => !double.IsFinite(value))
        : field.ClrType == typeof(decimal) ? new ParquetLeaf<decimal>(field, (writer, value) => writer.WriteNumberValue(value))
        : field.ClrType == typeof(Guid) ? new ParquetLeaf<Guid>(field, (writer, value) => writer.WriteStringValue(value))
        : field.ClrType == typeof(DateOnly)
            ? new ParquetLeaf<DateOnly>(
                field,
                (writer, value) => writer.WriteStringValue(value.ToString("O", CultureInfo.InvariantCulture))
            )
        : field.ClrType == typeof(DateTime)
            ? new ParquetLeaf<DateTime>(
                field,
                (writer, value) =>
                    writer.WriteStringValue(
                        value.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture)
                            // A time of no zone is marked as local by the library; the machine's zone must not show.
                            + (value.Kind == DateTimeKind.Utc ? "Z" : "")
                    )
            )
        : null;

    /// <summary>
    /// A column of whole numbers, or of the numbers of classes: -1 is none, as Hugging Face writes a label that is not given.
    /// </summary>
    private static ParquetLeaf<T> Whole<T>(DataField field, Func<T, long> number, ClassLabels labels)
        where T : struct =>
        labels.Names is not { } names
            ? new ParquetLeaf<T>(field, (writer, value) => writer.WriteNumberValue(number(value)))
            : new ParquetLeaf<T>(
                field,
                (writer, value) =>
                {
                    var label = number(value);
                    if (label >= 0 && label < names.Count)
                    {
                        writer.WriteStringValue(names[(int)label]);
                    }
                    else
                    {
                        writer.WriteNumberValue(label);
                    }
                },
                value => number(value) == -1
            );

    private static void WriteText(Utf8JsonWriter writer, ReadOnlyMemory<char> text)
    {
        if (text.Length > ParquetNode.MaxRowBytes)
        {
            throw new RowTooLongException();
        }

        // Each text that was read has an array, also an empty one.
        writer.WriteStringValue(text.Equals(default) ? throw new InvalidDataException("A text is not there.") : text.Span);
    }
}
