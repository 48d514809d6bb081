using FunctionsEval.Core.Datasets.Parquet;

namespace FunctionsEval.Core.Datasets.Packing;

/// <summary>All packings of datasets that are read.</summary>
public static class DatasetPackingCatalog
{
    /// <summary>The packings, in the order in which they are listed to users.</summary>
    public static IReadOnlyList<DatasetPacking> All { get; } = [GzipPacking.Instance, ZstdPacking.Instance, ParquetPacking.Instance];

    /// <summary>Names with endings in a sentence: <c>gzip (.gz), Zstandard (.zst) or Parquet (.parquet)</c>.</summary>
    internal static string Described { get; } =
        DatasetFormatCatalog.List(All.Select(packing => $"{packing.Name} ({packing.Extension})"), " or ");

    /// <summary>Finds the packing of a file.</summary>
    /// <param name="extension">The ending of the file's name, with the dot; letter case does not matter.</param>
    /// <returns>The packing; null for a file that is not packed, or not in one of these ways.</returns>
    public static DatasetPacking? Find(string extension) =>
        All.FirstOrDefault(packing => packing.Extension.Equals(extension, StringComparison.OrdinalIgnoreCase));
}
