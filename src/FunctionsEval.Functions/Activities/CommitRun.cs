using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Protocols.Embeddings;
using FunctionsEval.Functions.ModelClients.Protocols.Completions;
using FunctionsEval.Functions.ModelClients.Protocols.Choices;
using FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// The last step of a run: its row takes its final columns. Repeating it changes nothing, nor does a run that has ended otherwise.
/// </summary>
internal sealed class CommitRun(RunCommit commit, ILogger<CommitRun> logger)
{
    [Function(nameof(CommitRun))]
    public async Task RunAsync([ActivityTrigger] RunEnd end, CancellationToken cancellationToken)
    {
        Instruments.NameRun(end.RunId);
        if (await commit.CommitAsync(end, cancellationToken) is not { } row)
        {
            return;
        }

        if (Instruments.RunDuration.Enabled && row.GetDateTimeOffset("Started") is { } started)
        {
            Instruments.RunDuration.Record(
                (end.Finished - started.UtcDateTime).TotalSeconds,
                new KeyValuePair<string, object?>("functionseval.status", row.GetString("Status")),
                new KeyValuePair<string, object?>("functionseval.verdict", row.GetString("Verdict") ?? "none")
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
