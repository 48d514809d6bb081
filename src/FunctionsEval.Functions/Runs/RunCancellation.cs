using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// Checks, at most every two seconds per run, whether its shards should stop: the run's cancellation was requested, or the shards belong to
/// an outdated orchestration because the run has ended or was resumed since.
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
