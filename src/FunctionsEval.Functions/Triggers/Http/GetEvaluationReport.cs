using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary><c>GET /api/evaluations/{runId}/report</c>: the run's <c>report.html</c>.</summary>
internal sealed class GetEvaluationReport(RunTables tables, RunResults results)
{
    [Function(nameof(GetEvaluationReport))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/evaluations/{runId}/report")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        if (await tables.FindRunAsync(runId, cancellationToken) is not { Run: var run })
        {
            return Problems.UnknownRun(runId);
        }

        if (await results.FindReportAsync(run, cancellationToken) is not { } report)
        {
            return Problems.NotYet(runId, run.Status);
        }
        // The page holds what models wrote: escaped, and without a way to run or fetch anything all the same.
        request.HttpContext.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        return Results.Bytes(report.ToMemory(), "text/html; charset=utf-8");
    }
}
