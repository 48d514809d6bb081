using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary><c>GET /api/evaluations/{runId}</c>: the run's row, with the outcomes so far; of a group its runs; of a pending run what is before it.</summary>
internal sealed class GetEvaluation(RunTables tables, CandidateRuns candidates, RunQueue queue, IOptions<EvaluationOptions> options)
{
    [Function(nameof(GetEvaluation))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/evaluations/{runId}")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        if (await tables.FindRunAsync(runId, cancellationToken) is not { Run: var run })
        {
            return Problems.UnknownRun(runId);
        }

        run = run.WithTexts(options.Value.Currency) with { Before = await queue.CountBeforeAsync(run, cancellationToken) };
        return run.IsGroup
            ? Results.Ok(run with { Members = await candidates.ReadMembersAsync(run, cancellationToken) })
            : Results.Ok(await tables.Progress.AddToAsync(run, cancellationToken));
    }
}
