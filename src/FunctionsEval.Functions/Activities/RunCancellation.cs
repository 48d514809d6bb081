using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Activities;

/// <summary>Looks whether a run's cancellation was asked for, at most every two seconds a run, and has its shards stop.</summary>
internal sealed class RunCancellation(RunTables tables, TimeProvider time)
{
    public async Task CheckAsync(string runId, RunPlan plan, CancellationToken cancellationToken)
    {
        if (plan.MayCheckCancel(time) && await tables.FindRunAsync(runId, cancellationToken) is { } row && RunTables.IsCancelRequested(row))
            plan.Stop(RunFailure.Cancelled);
    }
}
