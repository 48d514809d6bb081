using Azure.Data.Tables;
using FunctionsEval.Core.Runs;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Runs;

/// <summary>The one way in which a run ends.</summary>
internal sealed class RunCommit(RunTables tables, RunEndTable ends, RunBlobs blobs)
{
    /// <summary>
    /// Ends a run: decides status, verdict and error, removes a summary that does not belong to that end, and writes the row and what is told of
    /// it. A run that has ended, or was resumed since, stays as it is; repeating it changes nothing.
    /// </summary>
    /// <returns>The run's row; null when this is not how the run ended.</returns>
    public async Task<TableEntity?> CommitAsync(RunEnd end, CancellationToken cancellationToken)
    {
        var finished = new DateTimeOffset(end.Finished, TimeSpan.Zero);
        while (await tables.FindRunAsync(end.RunId, cancellationToken) is { } row)
        {
            if (!RunTables.IsUnderWay(row, end.Resumption))
                return row.GetDateTimeOffset("Finished") == finished ? row : null;
            var conclusion = RunConclusion.Decide(end.Failure, await FindVerdictAsync(end, cancellationToken));
            if (!conclusion.HasSummary)
                await blobs.DeleteSummaryAsync(end.RunId, cancellationToken);
            var ended = new TableEntity(row);
            conclusion.WriteTo(ended, finished);
            if (await ends.TryEndAsync(ended, Notification.Of(ended).Body, cancellationToken))
                return ended;
        }

        return null;
    }

    private async Task<Verdict?> FindVerdictAsync(RunEnd end, CancellationToken cancellationToken) =>
        end.Failure is null or { KeepsSummary: true } && await blobs.FindSummaryAsync(end.RunId, cancellationToken) is { } summary
            ? SummaryVerdict.Read(summary)
            : null;
}
