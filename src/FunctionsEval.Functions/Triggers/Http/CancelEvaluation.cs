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
internal sealed class CancelEvaluation(RunTables tables, RunStop stop)
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

        await stop.CancelAsync(runId, durable, cancellationToken);
        return Results.Accepted($"/api/evaluations/{runId}", new CancelledRun(runId, CancelRequested: true));
    }
}
