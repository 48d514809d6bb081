using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>GET /api/evaluations/{runId}/reviews?format=</c>: how far people agree with judges, with the references and with each other; with
/// the format <c>csv</c> or <c>jsonl</c> the grades themselves.
/// </summary>
internal sealed class GetEvaluationReviews(RunTables tables, RunReviews reviews)
{
    [Function(nameof(GetEvaluationReviews))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/evaluations/{runId}/reviews")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        if (request.Query["format"].ToString() is not ("" or "json" or "csv" or "jsonl") and var unknown)
        {
            return Problems.BadRequest("invalid_query", "format: must be json, csv or jsonl.");
        }

        var (run, problem) = await tables.FindSingleAsync(runId, cancellationToken);
        if (run is null)
        {
            return problem!;
        }

        return request.Query["format"].ToString() switch
        {
            "csv" => Results.File(
                await ReviewExport.ToCsvAsync(await reviews.ReadAsync(runId, cancellationToken)),
                "text/csv; charset=utf-8",
                $"{runId}-reviews.csv"
            ),
            "jsonl" => Results.File(
                ReviewExport.ToJsonLines(await reviews.ReadAsync(runId, cancellationToken)),
                "application/x-ndjson",
                $"{runId}-reviews.jsonl"
            ),
            _ => await reviews.SummarizeAsync(runId, cancellationToken) is { } summary
                ? Results.Json(summary, ResultJson.Options)
                : Problems.NotYet(runId, run.Status),
        };
    }
}
