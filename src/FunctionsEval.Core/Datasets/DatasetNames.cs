using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Datasets.Packing;

namespace FunctionsEval.Core.Datasets;

/// <summary>What a blob is, judged by its name.</summary>
public abstract record DatasetNameKind
{
    private DatasetNameKind() { }

    /// <summary>A dataset.</summary>
    /// <param name="Format">How its rows are written, once they are unpacked.</param>
    /// <param name="Packing">How the file is packed; null for one whose bytes are the rows.</param>
    public sealed record Dataset(DatasetFormat Format, DatasetPacking? Packing = null) : DatasetNameKind
    {
        /// <summary>Opens the dataset's text.</summary>
        /// <param name="read">Reads the file; not called concurrently.</param>
        /// <param name="length">Bytes of the file.</param>
        /// <param name="maxBytes">Maximum number of unpacked bytes.</param>
        /// <returns>The text, read asynchronously from its beginning; see <see cref="DatasetPacking.Unpack"/>.</returns>
        public Stream Open(RangeRead read, long length, long maxBytes) =>
            Packing?.Unpack(read, length, maxBytes) ?? new RangeStream(read, length, DatasetReader.PieceBytes);
    }

    /// <summary>An evaluation spec.</summary>
    public sealed record Spec : DatasetNameKind;

    /// <summary>A companion of a dataset, such as a README. It is not evaluated, and it is not a mistake.</summary>
    /// <param name="Reason">Why, for one log line.</param>
    public sealed record Ignored(string Reason) : DatasetNameKind;

    /// <summary>Probably meant as a dataset, in a form that is not read.</summary>
    /// <param name="Message">The formats that are read, and the fix.</param>
    public sealed record Unsupported(string Message) : DatasetNameKind;

    /// <summary>A name that storage or its clients may change.</summary>
    /// <param name="Message">What is wrong with it, and the fix.</param>
    public sealed record Invalid(string Message) : DatasetNameKind;
}

/// <summary>The naming rules of the datasets container. Blob names are relative to the container and use <c>/</c>.</summary>
public static class DatasetNames
{
    /// <summary>Name of a suite's spec.</summary>
    public const string SpecName = "evaluation.json";

    private static readonly string Formats =
        $"Datasets are read as {DatasetFormatCatalog.Described}, in UTF-8, plain or packed: {DatasetPackingCatalog.Described}. ";

    /// <summary>Endings of files that lie beside datasets.</summary>
    private static readonly HashSet<string> CompanionEndings =
    [
        .. ".md .txt .rst .yaml .yml .toml .html .png .jpg .jpeg .gif .webp .svg .pdf .py .ipynb .log .sha256 .md5 .tmp .lock".Split(' '),
    ];

    private const string YamlSpecName = "evaluation.yaml";
    private const string SpecSuffix = ".evaluation.json";
    private const string YamlSpecSuffix = ".evaluation.yaml";

    /// <summary>Classifies a blob by its name alone; letter case does not matter.</summary>
    /// <param name="blobName">Name of the blob in its container.</param>
    public static DatasetNameKind Classify(string blobName)
    {
        ArgumentException.ThrowIfNullOrEmpty(blobName);
        var file = FileOf(blobName);
        if (file.Length == 0)
        {
            return new DatasetNameKind.Ignored("a folder marker");
        }

        if (file.StartsWith('.') || file.EndsWith('~'))
        {
            return new DatasetNameKind.Ignored("a hidden or temporary file");
        }

        if (
            file.Equals(SpecName, StringComparison.OrdinalIgnoreCase)
            || file.EndsWith(SpecSuffix, StringComparison.OrdinalIgnoreCase)
            || file.Equals(YamlSpecName, StringComparison.OrdinalIgnoreCase)
            || file.EndsWith(YamlSpecSuffix, StringComparison.OrdinalIgnoreCase)
        )
        {
            return new DatasetNameKind.Spec();
        }

        if (file.EndsWith("evaluation.yml", StringComparison.OrdinalIgnoreCase))
        {
            return new DatasetNameKind.Ignored("not read as a spec under this name: name a YAML spec evaluation.yaml");
        }

        if (BlobNames.FindProblem(blobName) is { } problem)
        {
            return new DatasetNameKind.Invalid($"its name {problem}. Name it like suite/file.jsonl.");
        }

        var ending = Path.GetExtension(file).ToLowerInvariant();
        if (DatasetFormatCatalog.Find(ending) is { } format)
        {
            return new DatasetNameKind.Dataset(format);
        }

        if (DatasetPackingCatalog.Find(ending) is { } packing)
        {
            return packing.FindFormat(file[..^ending.Length]) is { } packed
                ? new DatasetNameKind.Dataset(packed, packing)
                : new DatasetNameKind.Unsupported(Formats + packing.NameFix);
        }

        return CompanionEndings.Contains(ending)
            ? new DatasetNameKind.Ignored("a companion file, not a dataset")
            : new DatasetNameKind.Unsupported(Formats + Fix(ending));
    }

    /// <summary>
    /// The formats that are read, and the fix for a file that is in none of them: what <see cref="Classify"/> says of its name, or what its
    /// content tells.
    /// </summary>
    /// <param name="blobName">Name of the blob in its container.</param>
    /// <param name="unsupported">What the blob is by its name.</param>
    /// <param name="head">The content's beginning.</param>
    public static string Describe(string blobName, DatasetNameKind.Unsupported unsupported, ReadOnlySpan<byte> head)
    {
        ArgumentNullException.ThrowIfNull(blobName);
        ArgumentNullException.ThrowIfNull(unsupported);
        return IsJson(blobName) && JsonFileFix.Find(head) is { } fix ? $"{Formats}This file {fix}" : unsupported.Message;
    }

    /// <summary>Whether a name ends in .json: what to do with such a file depends on its content.</summary>
    /// <param name="blobName">Name of the blob in its container.</param>
    public static bool IsJson(string blobName)
    {
        ArgumentNullException.ThrowIfNull(blobName);
        return blobName.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// The names under which a dataset's spec may lie, the nearest first: beside the dataset, in its folder, then in each parent folder up
    /// to the container's root; JSON before YAML.
    /// </summary>
    /// <param name="blobName">Name of the dataset in its container.</param>
    public static IReadOnlyList<string> SpecCandidates(string blobName)
    {
        ArgumentException.ThrowIfNullOrEmpty(blobName);
        List<string> candidates = [blobName + SpecSuffix, blobName + YamlSpecSuffix];
        for (var folder = SuiteOf(blobName); folder.Length > 0; folder = SuiteOf(folder))
        {
            candidates.Add(folder + "/" + SpecName);
            candidates.Add(folder + "/" + YamlSpecName);
        }

        candidates.Add(SpecName);
        candidates.Add(YamlSpecName);
        return candidates;
    }

    /// <summary>The names under which a folder's spec may lie, JSON before YAML.</summary>
    /// <param name="folder">The folder.</param>
    public static IReadOnlyList<string> FolderSpecCandidates(string folder) => [$"{folder}/{SpecName}", $"{folder}/{YamlSpecName}"];

    /// <summary>The suite of a dataset: its folder, for example <c>support/tickets</c>; empty for a blob at the container's root.</summary>
    /// <param name="blobName">Name of the blob in its container.</param>
    public static string SuiteOf(string blobName)
    {
        ArgumentNullException.ThrowIfNull(blobName);
        var slash = blobName.LastIndexOf('/');
        return slash < 0 ? "" : blobName[..slash];
    }

    /// <summary>
    /// The blob that a spec names as its training file; null when it names none. Parts that lead nowhere (<c>./train.jsonl</c>) are left
    /// out.
    /// </summary>
    /// <param name="specName">Name of the spec's blob, whose folder the training file's name is relative to.</param>
    /// <param name="trainingFile">The training file's name in the spec; null for none.</param>
    public static string? TrainingFileOf(string specName, string? trainingFile)
    {
        if (trainingFile is null)
        {
            return null;
        }

        return Beside(specName, trainingFile);
    }

    /// <summary>The blob that a row names relative to its dataset's folder.</summary>
    /// <param name="blobName">Name of the dataset's blob.</param>
    /// <param name="relativeName">The name in the row; parts that lead nowhere (<c>./images/x.png</c>) are left out.</param>
    public static string Beside(string blobName, string relativeName)
    {
        ArgumentNullException.ThrowIfNull(relativeName);
        var suite = SuiteOf(blobName);
        var file = WithoutEmptyParts(relativeName);
        return suite.Length == 0 ? file : suite + "/" + file;
    }

    /// <summary>Whether a spec applies to one dataset alone, by its name, and not to a folder.</summary>
    /// <param name="specName">Name of the spec's blob.</param>
    /// <param name="blobName">Name of the dataset's blob.</param>
    public static bool IsOwnSpec(string specName, string blobName) =>
        specName == blobName + SpecSuffix || specName == blobName + YamlSpecSuffix;

    /// <summary>The dataset that a spec applies to alone, by its name; null for the spec of a folder.</summary>
    /// <param name="specName">Name of the spec's blob.</param>
    public static string? DatasetOfOwnSpec(string specName)
    {
        ArgumentNullException.ThrowIfNull(specName);
        return specName.EndsWith(SpecSuffix, StringComparison.Ordinal) ? specName[..^SpecSuffix.Length]
            : specName.EndsWith(YamlSpecSuffix, StringComparison.Ordinal) ? specName[..^YamlSpecSuffix.Length]
            : null;
    }

    /// <summary>A relative name without the parts that lead nowhere.</summary>
    internal static string WithoutEmptyParts(string name) => string.Join('/', name.Split('/').Where(part => part is not ("" or ".")));

    private static string FileOf(string blobName) => blobName[(blobName.LastIndexOf('/') + 1)..];

    private static string Fix(string extension) =>
        extension switch
        {
            ".json" => "This name ends in .json. Write one row per line with `jq -c '.[]' in.json > out.jsonl`, "
                + "or with `jq -c '.data[]'` if the rows are in a list named data. If the file is a spec, name it evaluation.json.",
            ".zip" or ".bz2" or ".xz" or ".7z" or ".tar" or ".tgz" => "This is an archive: unpack it and upload the file inside.",
            ".xlsx" or ".xls" or ".ods" => "This is a spreadsheet: save the sheet as “CSV UTF-8”.",
            ".arrow" or ".feather" or ".avro" or ".orc" => "This is a columnar file: convert it to JSONL.",
            "" => "This name has no extension: add the one that says its format.",
            _ => "Convert it to one of these, or give it the extension of the format it is in.",
        };
}
