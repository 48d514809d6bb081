using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary><c>GET /api/suites/{suiteRunId}</c>: a suite run with its datasets: as it ended, or as they are now.</summary>
internal sealed class GetSuite(RunTables tables, SuiteResults results)
{
    [Function(nameof(GetSuite))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/suites/{suiteRunId}")] HttpRequest request,
        string suiteRunId,
        CancellationToken cancellationToken
    ) =>
        await tables.Suites.FindAsync(suiteRunId, cancellationToken) is { Run: var suite }
            ? Results.Json(await results.ReadAsync(suite, cancellationToken), ResultJson.Options)
            : Problems.UnknownSuiteRun(suiteRunId);
}
