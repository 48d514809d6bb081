using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>POST /api/evaluations/{runId}/cancel</c>: no further call is started within seconds; what was answered is kept, and the run ends as
/// <c>Cancelled</c>.
/// </summary>
internal sealed class CancelEvaluation(RunTables tables, RunScheduler scheduler, RunCommit commit, TimeProvider time)
{
    [Function(nameof(CancelEvaluation))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/evaluations/{runId}/cancel")] HttpRequest request,
        string runId,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        if (await tables.FindRunAsync(runId, cancellationToken) is not { } stored)
        {
            return Problems.UnknownRun(runId);
        }

        if (stored.Run.Group is { } group)
        {
            return Problems.InGroup(runId, group);
        }

        if (stored.Run.Status.HasEnded)
        {
            return Problems.Conflict("run_ended", $"Run '{runId}' has ended as {stored.Run.Status}; there is nothing to cancel.");
        }

        await tables.RequestCancelAsync(runId, cancellationToken);
        await StopAsync(runId, durable, cancellationToken);
        return Results.Accepted($"/api/evaluations/{runId}", new CancelledRun(runId, CancelRequested: true));
    }

    /// <summary>Stops the run now. If this is interrupted, the executors find the request in the run's row.</summary>
    private async Task StopAsync(string runId, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        // No executor checks a run that waits for its model's deployment.
        while (await tables.FindRunAsync(runId, cancellationToken) is { Run.Status.HasEnded: false } stored)
        {
            if (stored.Run.Status != RunStatus.AwaitingDeployment)
            {
                await scheduler.StopAsync(stored.Run, durable, cancellationToken);
                return;
            }

            if (await commit.TryCommitAsync(stored, RunFailure.Cancelled, time.GetUtcNow(), cancellationToken) is not null)
            {
                return;
            }
        }
    }
}
