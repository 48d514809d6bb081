using System.Diagnostics.CodeAnalysis;
using Azure.Data.Tables;
using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Functions.Storage;

/// <summary>Keeps rows within the limits of Table Storage: 64 KiB a text, 100 rows and 4 MiB a transaction.</summary>
internal static class TableText
{
    /// <summary>Longest text of a column in UTF-16 characters: under the service's 32 Ki.</summary>
    public const int MaxLength = 32_000;

    private const int MaxTransactionRows = 100;

    /// <summary>Below the service's limit of 4 MiB, which includes the text around the rows.</summary>
    private const int MaxTransactionBytes = 3 << 20;

    /// <summary>A character that the client escapes (<c>\uXXXX</c>) takes six bytes of the request.</summary>
    private const int MaxBytesPerCharacter = 6;

    /// <summary>Names, types and numbers of one row, generously.</summary>
    private const int RowBytes = 4096;

    /// <summary>
    /// The text, cut to <paramref name="maxLength"/> characters with an ellipsis where it is longer; no character is torn apart.
    /// </summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Cut(string? text, int maxLength = MaxLength) => text is null ? null : WholeText.Cut(text, maxLength);

    /// <summary>Sets a column, or removes it where there is no value.</summary>
    public static void Set(this TableEntity row, string column, object? value)
    {
        if (value is null)
        {
            row.Remove(column);
        }
        else
        {
            row[column] = value;
        }
    }

    /// <summary>The row, with its texts cut to what a column holds.</summary>
    public static TableEntity Bound(TableEntity row)
    {
        foreach (
            var (column, text) in row.Select(column => (column.Key, column.Value as string))
                .Where(column => column.Item2?.Length > MaxLength)
                .ToList()
        )
        {
            row[column] = Cut(text);
        }

        return row;
    }

    /// <summary>Deals rows out to transactions, in their order.</summary>
    public static IEnumerable<IReadOnlyList<TableEntity>> Transactions(IEnumerable<TableEntity> rows)
    {
        var (batch, bytes) = (new List<TableEntity>(), 0);
        foreach (var row in rows)
        {
            var size = RowBytes + (MaxBytesPerCharacter * row.Sum(column => (column.Value as string)?.Length ?? 0));
            if (batch.Count == MaxTransactionRows || (batch.Count > 0 && bytes + size > MaxTransactionBytes))
            {
                yield return batch;
                (batch, bytes) = ([], 0);
            }

            batch.Add(row);
            bytes += size;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }
}
