using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Activities;

/// <summary>Counts the runs of a suite run that have not ended.</summary>
internal sealed class CheckSuiteRuns(RunTables tables, SuiteBlobs blobs)
{
    [Function(nameof(CheckSuiteRuns))]
    public async Task<SuiteLook> RunAsync([ActivityTrigger] SuiteStep step, CancellationToken cancellationToken)
    {
        if (
            await tables.Suites.FindAsync(step.SuiteRunId, cancellationToken) is not { Run: var suite }
            || !suite.IsUnderWay(step.Resumption)
        )
        {
            return new SuiteLook(0, 0) { IsOutdated = true };
        }

        var plan = await blobs.FindPlanAsync(step.SuiteRunId, cancellationToken);
        var (unfinished, own) = (0, 0);
        foreach (var runId in (plan?.Members ?? []).Select(member => member.RunId).OfType<string>())
        {
            if (await tables.FindRunAsync(runId, cancellationToken) is { Run: { Status.HasEnded: false } run })
            {
                unfinished++;
                own += run.SuiteRun == step.SuiteRunId ? 1 : 0;
            }
        }

        return new SuiteLook(unfinished, own) { CancelRequested = suite.CancelRequested };
    }
}
