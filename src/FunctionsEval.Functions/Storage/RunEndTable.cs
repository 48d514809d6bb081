using System.Globalization;
using Azure;
using Azure.Data.Tables;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// The end of a run in <c>EvaluationRuns</c>: its row takes the final columns, and a row of the same partition keeps its notification, in
/// one transaction.
/// </summary>
internal sealed class RunEndTable(TableServiceClient service)
{
    private const string BodyColumn = "Body";

    private readonly TableClient _runs = service.GetTableClient(StorageNames.RunsTable);

    /// <summary>Ends a run; false when its row was changed or deleted since it was read.</summary>
    /// <param name="stored">The run as it was read.</param>
    /// <param name="ended">The run with its end.</param>
    /// <param name="notification">The notification of this end, at most 64 KiB.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> TryEndAsync(StoredRun stored, Run ended, BinaryData notification, CancellationToken cancellationToken)
    {
        var told = new TableEntity(ended.RunId, NotificationRow(ended.Resumptions)) { [BodyColumn] = notification.ToArray() };
        var row = stored.ToRow(ended);
        try
        {
            await _runs.SubmitTransactionAsync(
                [
                    new TableTransactionAction(TableTransactionActionType.UpdateReplace, row, row.ETag),
                    new TableTransactionAction(TableTransactionActionType.UpsertReplace, told),
                ],
                cancellationToken
            );
            return true;
        }
        catch (RequestFailedException changed) when (changed.Status is 412 or 404)
        {
            return false;
        }
    }

    /// <summary>The notification of a run's end; null when there is no such end.</summary>
    public async Task<BinaryData?> FindNotificationAsync(string runId, int resumption, CancellationToken cancellationToken)
    {
        var row = await _runs.GetEntityIfExistsAsync<TableEntity>(runId, NotificationRow(resumption), cancellationToken: cancellationToken);
        return row.HasValue ? row.Value!.GetBinaryData(BodyColumn) : null;
    }

    private static string NotificationRow(int resumption) => string.Create(CultureInfo.InvariantCulture, $"notification|{resumption:D6}");
}
