using FunctionsEval.Core.Datasets.Csv;
using FunctionsEval.Core.Datasets.Jsonl;

namespace FunctionsEval.Core.Datasets;

/// <summary>All formats in which datasets are read.</summary>
public static class DatasetFormatCatalog
{
    /// <summary>The formats, in the order in which they are listed to users.</summary>
    public static IReadOnlyList<DatasetFormat> All { get; } = [JsonlFormat.Instance, CsvFormat.Csv, CsvFormat.Tsv];

    /// <summary>The names in a sentence: <c>JSONL, CSV or TSV</c>.</summary>
    public static string Names { get; } = List(All.Select(format => format.Name), " or ");

    /// <summary>The endings of files' names in a sentence: <c>.jsonl, .ndjson, .csv, .tsv</c>.</summary>
    public static string Extensions { get; } = string.Join(", ", All.SelectMany(format => format.Extensions));

    /// <summary>Names with endings in a sentence: <c>JSONL (.jsonl, .ndjson), CSV (.csv) or TSV (.tsv)</c>.</summary>
    internal static string Described { get; } =
        List(All.Select(format => $"{format.Name} ({string.Join(", ", format.Extensions)})"), " or ");

    /// <summary>Finds the format of a file.</summary>
    /// <param name="extension">The ending of the file's name, with the dot; letter case does not matter.</param>
    /// <returns>The format; null for a file that is no dataset.</returns>
    public static DatasetFormat? Find(string extension) =>
        All.FirstOrDefault(format => format.Extensions.Contains(extension, StringComparer.OrdinalIgnoreCase));

    /// <summary>Some names in a sentence, the last one after <paramref name="last"/>.</summary>
    internal static string List(IEnumerable<string> names, string last)
    {
        string[] all = [.. names];
        return all.Length == 1 ? all[0] : string.Join(", ", all[..^1]) + last + all[^1];
    }
}
