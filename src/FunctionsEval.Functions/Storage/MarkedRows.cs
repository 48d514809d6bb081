using Azure;
using Azure.Data.Tables;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// Conditional writes of rows. The client repeats a write whose answer was lost, although it may have been carried out, and the condition
/// then refuses it. A mark in the row tells such a write from another's.
/// </summary>
internal static class MarkedRows
{
    /// <summary>Inserts a row.</summary>
    /// <param name="table">The table.</param>
    /// <param name="row">The row, which gets the mark.</param>
    /// <param name="markColumn">The column of the mark, which only such writes change.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether this call inserted it; false where there is one.</returns>
    public static async Task<bool> TryInsertAsync(
        this TableClient table,
        TableEntity row,
        string markColumn,
        CancellationToken cancellationToken
    )
    {
        row[markColumn] = UniqueName.Create();
        try
        {
            await table.AddEntityAsync(row, cancellationToken);
            return true;
        }
        catch (RequestFailedException known) when (known.Status == 409)
        {
            return await table.IsWrittenAsync(row, markColumn, cancellationToken);
        }
    }

    /// <summary>Replaces a row as it was read.</summary>
    /// <param name="table">The table.</param>
    /// <param name="row">The new row with the ETag of the one that was read. It gets the mark.</param>
    /// <param name="markColumn">The column of the mark, which only such writes change.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether this call replaced it; false where it was changed or deleted since.</returns>
    public static async Task<bool> TryReplaceAsync(
        this TableClient table,
        TableEntity row,
        string markColumn,
        CancellationToken cancellationToken
    )
    {
        row[markColumn] = UniqueName.Create();
        try
        {
            await table.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, cancellationToken);
            return true;
        }
        catch (RequestFailedException changed) when (changed.Status is 404 or 412)
        {
            return await table.IsWrittenAsync(row, markColumn, cancellationToken);
        }
    }

    private static async Task<bool> IsWrittenAsync(
        this TableClient table,
        TableEntity row,
        string markColumn,
        CancellationToken cancellationToken
    )
    {
        var now = await table.GetEntityIfExistsAsync<TableEntity>(row.PartitionKey, row.RowKey, cancellationToken: cancellationToken);
        return now.HasValue && now.Value!.GetString(markColumn) == row.GetString(markColumn);
    }
}
