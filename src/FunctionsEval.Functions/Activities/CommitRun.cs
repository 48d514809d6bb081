using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Activities;

/// <summary>The last step of a run: its row takes the final status. Repeating it changes nothing.</summary>
internal sealed class CommitRun(RunTables tables, ILogger<CommitRun> logger)
{
    [Function(nameof(CommitRun))]
    public async Task RunAsync([ActivityTrigger] RunEnd end, CancellationToken cancellationToken)
    {
        await tables.CommitAsync(end.RunId, end.Failure, new DateTimeOffset(end.Finished, TimeSpan.Zero), cancellationToken);
        Instruments.NameRun(end.RunId);
        if (Instruments.RunDuration.Enabled && await tables.FindRunAsync(end.RunId, cancellationToken) is { } row && row.GetDateTimeOffset("Started") is { } started)
        {
            Instruments.RunDuration.Record(
                (end.Finished - started.UtcDateTime).TotalSeconds,
                new KeyValuePair<string, object?>("functionseval.status", row.GetString("Status")),
                new KeyValuePair<string, object?>("functionseval.verdict", row.GetString("Verdict") ?? "none"));
        }

        if (end.Failure is null)
            logger.RunCompleted(end.RunId);
        else if (end.Failure.IsStop)
            logger.RunStopped(end.RunId, end.Failure.Code);
        else
            logger.RunFailed(end.RunId, end.Failure.Code, end.Failure.Message);
    }
}
