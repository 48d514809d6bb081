namespace FunctionsEval.Core.Datasets.Parquet;

/// <summary>Checks a file's metadata before the library reads it.</summary>
internal static class ParquetFooter
{
    /// <summary>Maximum size: some 40,000 column chunks.</summary>
    public const int MaxBytes = 8 << 20;

    private const int MaxElements = 2000;

    /// <summary>A row has at most 64 levels as JSON; Parquet has up to three for each.</summary>
    private const int MaxDepth = 64;

    private const int NumberOfChildren = 5;

    /// <summary>Checks the metadata.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    /// <exception cref="NotSupportedException">The file has what is not read.</exception>
    public static void Check(ReadOnlySpan<byte> footer)
    {
        List<long> children = [];
        var walk = new ThriftWalk(
            footer,
            (structure, field, value) =>
            {
                switch (structure, field)
                {
                    case ("SchemaElement", 0):
                        children.Add(0);
                        break;
                    case ("SchemaElement", NumberOfChildren):
                        children[^1] = value;
                        break;
                    case ("EncryptionAlgorithm" or "ColumnCryptoMetaData", 0):
                        throw new NotSupportedException("encryption");
                }
            }
        );
        walk.Structure("FileMetaData");
        if (children.Count > MaxElements)
        {
            throw new NotSupportedException($"more than {MaxElements} columns");
        }

        CheckDepth(children);
    }

    /// <summary>Checks the tree of columns, which is a list with the number of each one's children.</summary>
    private static void CheckDepth(List<long> children)
    {
        var open = new Stack<long>([1]);
        foreach (var count in children)
        {
            while (open.TryPeek(out var left) && left == 0)
            {
                open.Pop();
            }

            if (!open.TryPop(out var rest) || count < 0 || open.Count >= MaxDepth)
            {
                throw new InvalidDataException("The columns are no tree.");
            }

            open.Push(rest - 1);
            open.Push(count);
        }

        if (children.Count == 0 || open.Any(left => left != 0))
        {
            throw new InvalidDataException("The columns are no tree.");
        }
    }
}
