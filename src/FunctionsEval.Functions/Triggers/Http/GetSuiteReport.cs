using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary><c>GET /api/suites/{suiteRunId}/report</c>: the suite run's <c>report.html</c>.</summary>
internal sealed class GetSuiteReport(RunTables tables, RunBlobs blobs)
{
    [Function(nameof(GetSuiteReport))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/suites/{suiteRunId}/report")] HttpRequest request,
        string suiteRunId,
        CancellationToken cancellationToken
    )
    {
        if (await tables.Suites.FindAsync(suiteRunId, cancellationToken) is not { Run: var suite })
        {
            return Problems.UnknownSuiteRun(suiteRunId);
        }

        var report = suite.Status.HasEnded ? await blobs.FindReportAsync(suiteRunId, cancellationToken) : null;
        if (report is null)
        {
            return Problems.Conflict(
                "suite_not_ended",
                $"Suite run '{suiteRunId}' is {suite.Status}. The report is there when it has ended."
            );
        }

        request.HttpContext.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        return Results.Bytes(report.ToMemory(), "text/html; charset=utf-8");
    }
}
