namespace FunctionsEval.Core.Datasets.Parquet;

/// <summary>The kinds of values in Thrift's compact protocol that Parquet's metadata uses.</summary>
internal enum ThriftKind
{
    Bool,
    Byte,
    I16,
    I32,
    I64,
    Double,
    Binary,
    List,
    Struct,
}

/// <summary>What a field of Parquet's metadata is.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Name of the structure, or of a list's structures; empty for other values.</param>
/// <param name="Item">Kind of a list's elements.</param>
internal sealed record ThriftField(ThriftKind Kind, string Name = "", ThriftKind Item = ThriftKind.Struct);

/// <summary>The structures of Parquet's metadata: parquet.thrift of parquet-format 2.12.</summary>
internal static class ThriftShape
{
    /// <summary>The structures, a line each: name, then <c>number:kind</c>. <c>*</c> marks a list.</summary>
    private const string Shapes = """
        FileMetaData 1:i32 2:*SchemaElement 3:i64 4:*RowGroup 5:*KeyValue 6:binary 7:*ColumnOrder 8:EncryptionAlgorithm 9:binary
        SchemaElement 1:i32 2:i32 3:i32 4:binary 5:i32 6:i32 7:i32 8:i32 9:i32 10:LogicalType
        LogicalType 1:Empty 2:Empty 3:Empty 4:Empty 5:DecimalType 6:Empty 7:TimeType 8:TimeType 10:IntType 11:Empty 12:Empty 13:Empty 14:Empty 15:Empty 16:VariantType 17:GeographyType 18:GeographyType
        Empty
        DecimalType 1:i32 2:i32
        TimeType 1:bool 2:TimeUnit
        TimeUnit 1:Empty 2:Empty 3:Empty
        IntType 1:byte 2:bool
        VariantType 1:byte
        GeographyType 1:binary 2:i32
        KeyValue 1:binary 2:binary
        ColumnOrder 1:Empty
        EncryptionAlgorithm 1:AesGcm 2:AesGcm
        AesGcm 1:binary 2:binary 3:bool
        RowGroup 1:*ColumnChunk 2:i64 3:i64 4:*SortingColumn 5:i64 6:i64 7:i16
        SortingColumn 1:i32 2:bool 3:bool
        ColumnChunk 1:binary 2:i64 3:ColumnMetaData 4:i64 5:i32 6:i64 7:i32 8:ColumnCryptoMetaData 9:binary
        ColumnCryptoMetaData 1:Empty 2:ColumnKey
        ColumnKey 1:*binary 2:binary
        ColumnMetaData 1:i32 2:*i32 3:*binary 4:i32 5:i64 6:i64 7:i64 8:*KeyValue 9:i64 10:i64 11:i64 12:Statistics 13:*PageEncodingStats 14:i64 15:i32 16:SizeStatistics 17:GeospatialStatistics
        Statistics 1:binary 2:binary 3:i64 4:i64 5:binary 6:binary 7:bool 8:bool
        PageEncodingStats 1:i32 2:i32 3:i32
        SizeStatistics 1:i64 2:*i64 3:*i64
        GeospatialStatistics 1:BoundingBox 2:*i32
        BoundingBox 1:double 2:double 3:double 4:double 5:double 6:double 7:double 8:double
        PageHeader 1:i32 2:i32 3:i32 4:i32 5:DataPageHeader 6:Empty 7:DictionaryPageHeader 8:DataPageHeaderV2
        DataPageHeader 1:i32 2:i32 3:i32 4:i32 5:Statistics
        DictionaryPageHeader 1:i32 2:i32 3:bool
        DataPageHeaderV2 1:i32 2:i32 3:i32 4:i32 5:i32 6:i32 7:bool 8:Statistics
        """;

    private static readonly Dictionary<string, Dictionary<int, ThriftField>> All = Shapes
        .Split('\n', StringSplitOptions.TrimEntries)
        .Select(line => line.Split(' '))
        .ToDictionary(words => words[0], words => words[1..].Select(word => word.Split(':')).ToDictionary(NumberOf, FieldOf));

    /// <summary>The fields of a structure by their numbers.</summary>
    public static IReadOnlyDictionary<int, ThriftField> FieldsOf(string name) => All[name];

    private static int NumberOf(string[] field) => int.Parse(field[0], System.Globalization.CultureInfo.InvariantCulture);

    private static ThriftField FieldOf(string[] field) =>
        field[1].StartsWith('*')
            ? new ThriftField(ThriftKind.List, KindOf(field[1][1..]) == ThriftKind.Struct ? field[1][1..] : "", KindOf(field[1][1..]))
            : new ThriftField(KindOf(field[1]), field[1]);

    private static ThriftKind KindOf(string word) =>
        Enum.TryParse<ThriftKind>(word, ignoreCase: true, out var kind) ? kind : ThriftKind.Struct;
}
