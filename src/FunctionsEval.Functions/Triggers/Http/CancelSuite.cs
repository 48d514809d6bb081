using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary><c>POST /api/suites/{suiteRunId}/cancel</c>: cancels a suite run and the runs that it started.</summary>
internal sealed class CancelSuite(RunTables tables, SuiteScheduler scheduler)
{
    [Function(nameof(CancelSuite))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/suites/{suiteRunId}/cancel")] HttpRequest request,
        string suiteRunId,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        if (await tables.Suites.FindAsync(suiteRunId, cancellationToken) is not { Run: var suite })
        {
            return Problems.UnknownSuiteRun(suiteRunId);
        }

        if (suite.Status.HasEnded)
        {
            return Problems.Conflict("suite_ended", $"Suite run '{suiteRunId}' has ended as {suite.Status}; there is nothing to cancel.");
        }

        await tables.Suites.RequestCancelAsync(suiteRunId, cancellationToken);
        await scheduler.StopAsync(suite, durable, cancellationToken);
        return Results.Accepted($"/api/suites/{suiteRunId}", new CancelledSuiteRun(suiteRunId, CancelRequested: true));
    }
}
