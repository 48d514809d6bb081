using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Reports.Samples;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>GET /api/evaluations/{runId}/samples/{key}</c>: one sample with its prompt, parameters and scores. With the query of a page, its place
/// among the samples that match, and the keys of its neighbours.
/// </summary>
internal sealed class GetEvaluationSample(SampleRuns runs, SampleDetails details)
{
    [Function(nameof(GetEvaluationSample))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/evaluations/{runId}/samples/{key}")] HttpRequest request,
        string runId,
        string key,
        CancellationToken cancellationToken
    ) =>
        SamplesQuery.Read(request.Query, out var query) is { } problem
            ? Problems.BadRequest("invalid_query", problem)
            : await runs.AnswerAsync(
                request,
                runId,
                query,
                async (index, found) =>
                    SampleKeys.FindRow(index, key) is var row and >= 0
                        ? Results.Json(await details.DescribeAsync(index, found, row, cancellationToken), ResultJson.Options)
                        : Problems.NotFound(
                            "sample_not_found",
                            "The run has no sample with this key. Keys are in the pages of its samples."
                        ),
                cancellationToken
            );
}
