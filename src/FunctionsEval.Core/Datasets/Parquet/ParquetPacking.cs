using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Datasets.Packing;

namespace FunctionsEval.Core.Datasets.Parquet;

/// <summary>Rows in columns, as Apache Parquet stores them; unpacked, each row is a JSON object.</summary>
internal sealed class ParquetPacking : DatasetPacking
{
    public static readonly ParquetPacking Instance = new();

    private ParquetPacking() { }

    public override string Name => "Parquet";

    public override string Extension => ".parquet";

    internal override string NameFix => "";

    internal override DatasetFormat? FindFormat(string name) => JsonlFormat.Instance;

    internal override bool IsDamage(Exception fault) => fault is InvalidDataException;

    private protected override Stream Open(CountingRead read, long length) => new ParquetText(new ParquetFile(read, length));
}
