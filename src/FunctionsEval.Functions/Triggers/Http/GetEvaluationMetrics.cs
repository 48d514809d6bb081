using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary><c>GET /api/evaluations/{runId}/metrics</c>: every metric of a run that has ended, per role and slice.</summary>
internal sealed class GetEvaluationMetrics(RunTables tables)
{
    [Function(nameof(GetEvaluationMetrics))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/evaluations/{runId}/metrics")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        if (await tables.FindRunAsync(runId, cancellationToken) is not { } row)
        {
            return Problems.UnknownRun(runId);
        }
        // A run that was stopped has metrics over what was answered by then; its status says so.
        var status = row.GetString("Status");
        if (status is not (nameof(RunStatus.Completed) or nameof(RunStatus.Partial) or nameof(RunStatus.Cancelled)))
        {
            return Problems.NotYet(runId, status);
        }

        var metrics = new List<SortedDictionary<string, object?>>();
        await foreach (var metric in tables.ReadMetrics(runId, cancellationToken))
        {
            metrics.Add(RunView.Columns(metric));
        }

        return Results.Ok(
            new
            {
                RunId = runId,
                Status = status,
                Metrics = metrics,
            }
        );
    }
}
