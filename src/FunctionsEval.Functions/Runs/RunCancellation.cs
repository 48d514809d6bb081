using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// Looks, at most every two seconds a run, whether its shards should stop: its cancellation was asked for, or they are those of an
/// orchestration of the past, and the run has ended or was resumed without it.
/// </summary>
internal sealed class RunCancellation(RunTables tables, TimeProvider time)
{
    public async Task CheckAsync(ShardWork work, RunPlan plan, CancellationToken cancellationToken)
    {
        if (!plan.MayCheckCancel(time) || await tables.FindRunAsync(work.RunId, cancellationToken) is not { } stored)
        {
            return;
        }

        if (!stored.Run.IsUnderWay(work.Resumption))
        {
            plan.Stop(RunFailure.Superseded);
        }
        else if (stored.Run.CancelRequested)
        {
            plan.Stop(RunFailure.Cancelled);
        }
    }
}
