using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary><c>GET /api/evaluations/{runId}/metrics</c>: every metric of a run that has ended, per role and slice.</summary>
internal sealed class GetEvaluationMetrics(RunTables tables, IOptions<EvaluationOptions> options)
{
    [Function(nameof(GetEvaluationMetrics))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/evaluations/{runId}/metrics")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        if (await tables.FindRunAsync(runId, cancellationToken) is not { Run: var run })
        {
            return Problems.UnknownRun(runId);
        }
        // A run that was stopped has metrics over what was answered by then; its status says so.
        return run.Status.HasSummary
            ? Results.Json(
                new RunMetrics(runId, run.Status, await tables.Metrics.ReadAsync(runId, cancellationToken))
                {
                    TextsIn = options.Value.Currency,
                },
                ResultJson.Options
            )
            : Problems.NotYet(runId, run.Status);
    }
}
