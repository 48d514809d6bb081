using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// Looks, at most every two seconds a run, whether its shards should stop: its cancellation was asked for, or they are those of an
/// orchestration
/// of the past, and the run has ended or was resumed without it.
/// </summary>
internal sealed class RunCancellation(RunTables tables, TimeProvider time)
{
    public async Task CheckAsync(ShardWork work, RunPlan plan, CancellationToken cancellationToken)
    {
        if (!plan.MayCheckCancel(time) || await tables.FindRunAsync(work.RunId, cancellationToken) is not { } row)
        {
            return;
        }

        if (!RunTables.IsUnderWay(row, work.Resumption))
        {
            plan.Stop(RunFailure.Superseded);
        }
        else if (RunTables.IsCancelRequested(row))
        {
            plan.Stop(RunFailure.Cancelled);
        }
    }
}
