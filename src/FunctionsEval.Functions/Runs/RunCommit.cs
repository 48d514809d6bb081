using Azure.Data.Tables;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Runs;

/// <summary>The one way in which a run ends.</summary>
internal sealed class RunCommit(RunTables tables, RunEndTable ends, RunBlobs blobs)
{
    /// <summary>
    /// Ends a run: decides status, verdict and error, removes a summary that does not belong to that end, and writes the row and what is
    /// told of
    /// it. A run that has ended, or was resumed since, stays as it is; repeating it changes nothing.
    /// </summary>
    /// <returns>The run's row; null when this is not how the run ended.</returns>
    public async Task<TableEntity?> CommitAsync(RunEnd end, CancellationToken cancellationToken)
    {
        var finished = new DateTimeOffset(end.Finished, TimeSpan.Zero);
        while (await tables.FindRunAsync(end.RunId, cancellationToken) is { } row)
        {
            if (!RunTables.IsUnderWay(row, end.Resumption))
            {
                return row.GetDateTimeOffset("Finished") == finished ? row : null;
            }

            if (end.OnlyIfWaiting && RunConclusion.StatusOf(row) != RunStatus.AwaitingDeployment)
            {
                return null;
            }

            if (await TryCommitAsync(row, end.Failure, finished, cancellationToken) is { } ended)
            {
                return ended;
            }
        }

        return null;
    }

    /// <summary>Ends a run by its row as it was read; null when the row has changed since.</summary>
    public async Task<TableEntity?> TryCommitAsync(
        TableEntity row,
        RunFailure? failure,
        DateTimeOffset finished,
        CancellationToken cancellationToken
    )
    {
        var verdict = await FindVerdictAsync(row.PartitionKey, failure, cancellationToken);
        // A run that was resumed, and stopped before it could be summed up, has the summary of the end before.
        var isOfThisEnd = RunConclusion.Permitted(failure?.Status ?? RunStatus.Completed, verdict)?.Result == verdict?.Result;
        var conclusion = RunConclusion.Decide(failure, isOfThisEnd ? verdict : null);
        if (!conclusion.HasSummary || !isOfThisEnd)
        {
            await blobs.DeleteSummaryAsync(row.PartitionKey, cancellationToken);
        }

        var ended = new TableEntity(row);
        conclusion.WriteTo(ended, finished);
        return await ends.TryEndAsync(ended, Notification.Of(ended).Body, cancellationToken) ? ended : null;
    }

    private async Task<Verdict?> FindVerdictAsync(string runId, RunFailure? failure, CancellationToken cancellationToken) =>
        failure is null or { KeepsSummary: true } && await blobs.FindSummaryAsync(runId, cancellationToken) is { } summary
            ? SummaryVerdict.Read(summary)
            : null;
}
