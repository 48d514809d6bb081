using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Reviews;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>GET /api/evaluations/{runId}/reviews/queue?reviewer=&amp;kind=&amp;choose=&amp;size=</c> and the filter of the samples: the next samples for
/// a reviewer, without their models.
/// </summary>
internal sealed class GetReviewQueue(RunTables tables, RunReviews reviews)
{
    private const int MaxItems = 50;

    [Function(nameof(GetReviewQueue))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/evaluations/{runId}/reviews/queue")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        string? reviewer = request.Query["reviewer"];
        if (ReviewRequest.FindReviewerProblem(reviewer) is { } unnamed)
        {
            return Problems.BadRequest("invalid_query", unnamed);
        }

        if (SamplesQuery.Read(request.Query, out var query) is { } wrong)
        {
            return Problems.BadRequest("invalid_query", wrong);
        }

        var (run, problem) = await tables.FindSingleAsync(runId, cancellationToken);
        if (run is null)
        {
            return problem!;
        }

        ReviewKind? kind = request.Query["kind"].ToString() switch
        {
            "" => run.Baseline is null ? ReviewKind.Answers : ReviewKind.Pairs,
            "pairs" => ReviewKind.Pairs,
            "answers" => ReviewKind.Answers,
            _ => null,
        };
        if (kind is null)
        {
            return Problems.BadRequest("invalid_query", "kind: must be pairs (which of two answers is better) or answers (is it right).");
        }

        var choice = request.Query["choose"].ToString();
        if (choice is not ("" or "random" or "disputed"))
        {
            return Problems.BadRequest("invalid_query", "choose: must be random, or disputed (judges, references or models disagree).");
        }

        return await AnswerAsync(run, reviewer!.Trim(), kind.Value, isDisputedOnly: choice == "disputed", query, cancellationToken);
    }

    private async Task<IResult> AnswerAsync(
        Run run,
        string reviewer,
        ReviewKind kind,
        bool isDisputedOnly,
        SamplesQuery query,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var size = Math.Min(query.Size, MaxItems);
            return await reviews.NextAsync(run.RunId, reviewer, kind, isDisputedOnly, query.Filter, size, cancellationToken) is { } queue
                ? Results.Json(queue, ResultJson.Options)
                : Problems.NotYet(run.RunId, run.Status);
        }
        catch (SamplesChangedException)
        {
            return Problems.Unavailable("samples_changed", "The run's samples are being written again. Ask again in some seconds.");
        }
    }
}
