using System.Globalization;
using Azure;
using Azure.Data.Tables;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// The ends of runs and suite runs: in one transaction the row takes its final columns, and a row of the same partition keeps what is told
/// of this end.
/// </summary>
internal static class EndNotifications
{
    private const string BodyColumn = "Body";

    /// <summary>Ends a run or a suite run.</summary>
    /// <param name="table">Its table.</param>
    /// <param name="ended">Its row with the end, and the ETag of the row that was read.</param>
    /// <param name="resumption">How often it was resumed.</param>
    /// <param name="notification">The notification of this end, at most 64 KiB.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when its row was changed or deleted since it was read.</returns>
    public static async Task<bool> TryEndAsync(
        this TableClient table,
        TableEntity ended,
        int resumption,
        BinaryData notification,
        CancellationToken cancellationToken
    )
    {
        var told = new TableEntity(ended.PartitionKey, RowOf(resumption)) { [BodyColumn] = notification.ToArray() };
        try
        {
            await table.SubmitTransactionAsync(
                [
                    new TableTransactionAction(TableTransactionActionType.UpdateReplace, ended, ended.ETag),
                    new TableTransactionAction(TableTransactionActionType.UpsertReplace, told),
                ],
                cancellationToken
            );
            return true;
        }
        catch (RequestFailedException changed) when (changed.Status is 404 or 412)
        {
            return false;
        }
    }

    /// <summary>The notification of an end; null when there is no such end.</summary>
    public static async Task<BinaryData?> FindNotificationAsync(
        this TableClient table,
        string id,
        int resumption,
        CancellationToken cancellationToken
    )
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(id, RowOf(resumption), cancellationToken: cancellationToken);
        return row.HasValue ? row.Value!.GetBinaryData(BodyColumn) : null;
    }

    private static string RowOf(int resumption) => string.Create(CultureInfo.InvariantCulture, $"notification|{resumption:D6}");
}
