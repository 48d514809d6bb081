using Azure.Data.Tables;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Storage;

/// <summary>The ends of runs in <c>EvaluationRuns</c>, see <see cref="EndNotifications"/>.</summary>
internal sealed class RunEndTable(TableServiceClient service)
{
    private readonly TableClient _runs = service.GetTableClient(StorageNames.RunsTable);

    /// <summary>Ends a run; false when its row was changed or deleted since it was read.</summary>
    /// <param name="stored">The run as it was read.</param>
    /// <param name="ended">The run with its end.</param>
    /// <param name="notification">The notification of this end, at most 64 KiB.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<bool> TryEndAsync(StoredRun stored, Run ended, BinaryData notification, CancellationToken cancellationToken) =>
        _runs.TryEndAsync(stored.ToRow(ended), ended.Resumptions, notification, cancellationToken);

    /// <summary>The notification of a run's end; null when there is no such end.</summary>
    public Task<BinaryData?> FindNotificationAsync(string runId, int resumption, CancellationToken cancellationToken) =>
        _runs.FindNotificationAsync(runId, resumption, cancellationToken);
}
