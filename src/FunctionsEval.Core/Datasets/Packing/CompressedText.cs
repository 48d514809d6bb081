namespace FunctionsEval.Core.Datasets.Packing;

/// <summary>A file of rows of text that is compressed as a whole: <c>test.jsonl.gz</c>.</summary>
internal abstract class CompressedText : DatasetPacking
{
    /// <summary>Compressed bytes that are read at once.</summary>
    private protected const int Piece = 1024 * 1024;

    internal override string NameFix =>
        $"This name does not say what is compressed: name it like test.jsonl{Extension}, or test.csv{Extension}. An archive of several files is not read.";

    internal override DatasetFormat? FindFormat(string name) => DatasetFormatCatalog.Find(Path.GetExtension(name));
}
