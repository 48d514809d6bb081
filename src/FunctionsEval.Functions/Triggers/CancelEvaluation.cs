using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers;

/// <summary><c>POST /api/evaluations/{runId}/cancel</c>: no further call is started within seconds; what was answered is kept, and the run ends as <c>Cancelled</c>.</summary>
internal sealed class CancelEvaluation(RunTables tables, RunCommit commit, TimeProvider time)
{
    [Function(nameof(CancelEvaluation))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/evaluations/{runId}/cancel")] HttpRequest request, string runId, CancellationToken cancellationToken)
    {
        if (await tables.FindRunAsync(runId, cancellationToken) is not { } row)
            return Problems.UnknownRun(runId);
        if (RunTables.HasEnded(row))
            return Problems.Conflict("run_ended", $"Run '{runId}' has ended as {row.GetString("Status")}; there is nothing to cancel.");

        await tables.RequestCancelAsync(runId, cancellationToken);
        // Nothing looks at a run that waits for its model's deployment; when that comes, it finds the run cancelled.
        if (row.GetString("Status") == nameof(RunStatus.AwaitingDeployment))
            await commit.CommitAsync(new RunEnd(runId, time.GetUtcNow().UtcDateTime, RunFailure.Cancelled, RunTables.ResumptionsOf(row)), cancellationToken);
        return Results.Accepted($"/api/evaluations/{runId}", new { RunId = runId, CancelRequested = true });
    }
}
