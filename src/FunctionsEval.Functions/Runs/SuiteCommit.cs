using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Runs;

/// <summary>Ends suite runs. Every suite run ends through this class.</summary>
internal sealed class SuiteCommit(RunTables tables, RunBlobs blobs, SuiteResults results)
{
    /// <summary>
    /// Ends a suite run: decides the verdict, writes <c>summary.json</c>, then the row and the notification. One that has ended, or was
    /// resumed since, stays as it is; repeating it changes nothing.
    /// </summary>
    /// <param name="end">How it ends.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="report">Writes the suite run as a page; null for none.</param>
    /// <returns>The suite run; null when this is not how it ended.</returns>
    public async Task<SuiteRun?> CommitAsync(SuiteEnd end, CancellationToken cancellationToken, Func<SuiteRun, string>? report = null)
    {
        var finished = new DateTimeOffset(end.Finished, TimeSpan.Zero);
        while (await tables.Suites.FindAsync(end.SuiteRunId, cancellationToken) is { } stored)
        {
            if (!stored.Run.IsUnderWay(end.Resumption))
            {
                return stored.Run.Finished == finished ? stored.Run : null;
            }

            var ended = await results.ConcludeAsync(stored.Run, end.Failure, finished, cancellationToken);
            await blobs.WriteSummaryAsync(
                end.SuiteRunId,
                new BinaryData(JsonSerializer.SerializeToUtf8Bytes(ended, ResultJson.Indented)),
                cancellationToken
            );
            if (report is not null)
            {
                await blobs.WriteReportAsync(end.SuiteRunId, report(ended), cancellationToken);
            }

            if (await tables.Suites.TryEndAsync(stored, ended, Notification.From(ended).Body, cancellationToken))
            {
                return ended;
            }
        }

        return null;
    }
}
