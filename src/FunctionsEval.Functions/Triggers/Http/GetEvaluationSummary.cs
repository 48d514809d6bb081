using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary><c>GET /api/evaluations/{runId}/summary</c>: the run's <c>summary.json</c>.</summary>
internal sealed class GetEvaluationSummary(RunTables tables, RunResults results)
{
    [Function(nameof(GetEvaluationSummary))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/evaluations/{runId}/summary")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        if (await tables.FindRunAsync(runId, cancellationToken) is not { Run: var run })
        {
            return Problems.UnknownRun(runId);
        }

        return await results.FindSummaryAsync(run, cancellationToken) is { } summary
            ? Results.Bytes(summary.ToMemory(), "application/json")
            : Problems.NotYet(runId, run.Status);
    }
}
