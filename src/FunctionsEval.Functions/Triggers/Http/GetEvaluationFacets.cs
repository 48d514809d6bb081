using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Reports.Samples;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>GET /api/evaluations/{runId}/samples/facets</c>: what a run's samples can be filtered and sorted by, with counts; of those that match
/// where the request has a filter.
/// </summary>
internal sealed class GetEvaluationFacets(SampleRuns runs)
{
    [Function(nameof(GetEvaluationFacets))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/evaluations/{runId}/samples/facets")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    ) =>
        SamplesQuery.Read(request.Query, out var query) is { } problem
            ? Problems.BadRequest("invalid_query", problem)
            : await runs.AnswerAsync(
                request,
                runId,
                query with
                {
                    Order = SampleOrder.Dataset,
                },
                (index, found) => Task.FromResult(Results.Json(SampleFacetCounts.Count(index, found), ResultJson.Options)),
                cancellationToken
            );
}
