using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// The last step of a run: its row takes its final columns. Repeating it changes nothing, and a run that has already ended stays as it is.
/// </summary>
internal sealed class CommitRun(RunCommit commit, RunBlobs blobs, ILogger<CommitRun> logger)
{
    [Function(nameof(CommitRun))]
    public async Task RunAsync([ActivityTrigger] RunEnd end, CancellationToken cancellationToken)
    {
        Instruments.NameRun(end.RunId);
        if (await commit.CommitAsync(end, cancellationToken) is { } run)
        {
            Report(end, run);
        }

        // Nothing uses them any longer: a resumption merges again. After a repetition too, because the first execution may have ended here.
        await blobs.DeleteMergedAsync(end.RunId, cancellationToken);
    }

    private void Report(RunEnd end, Run run)
    {
        if (Instruments.RunDuration.Enabled && run.Started is { } started)
        {
            Instruments.RunDuration.Record(
                (end.Finished - started.UtcDateTime).TotalSeconds,
                new KeyValuePair<string, object?>("functionseval.status", run.Status.ToString()),
                new KeyValuePair<string, object?>(
                    "functionseval.verdict",
                    run.Verdict is { } verdict ? VerdictNames.NameOf(verdict) : "none"
                )
            );
        }

        if (end.Failure is null)
        {
            logger.RunCompleted(end.RunId);
        }
        else if (end.Failure.IsStop)
        {
            logger.RunStopped(end.RunId, end.Failure.Code);
        }
        else
        {
            logger.RunFailed(end.RunId, end.Failure.Code, end.Failure.Message);
        }
    }
}
