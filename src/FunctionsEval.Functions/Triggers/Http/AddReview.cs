using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Reviews;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Triggers.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>POST /api/evaluations/{runId}/reviews</c>: notes what a person says of a sample. <c>DELETE</c> of the same item takes it back.
/// </summary>
internal sealed class AddReview(RunTables tables, RunReviews reviews, TimeProvider time)
{
    [Function(nameof(AddReview))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/evaluations/{runId}/reviews")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        if (await EventBody.ReadAsync(request, cancellationToken) is not { } bytes)
        {
            return Problems.TooLarge($"A review has at most {EventBody.MaxBytes} bytes.");
        }

        if (RequestJson.Read<ReviewRequest>(bytes, RequestJson.Options, out var body) is { } unreadable)
        {
            return Problems.BadRequest(
                "invalid_body",
                $"The body is not a review ({unreadable}). "
                    + """Send {"reviewer": "name", "sample": "key", "grade": "first"}, with "place" where one answer is graded."""
            );
        }

        if (body!.FindProblem() is { } problem)
        {
            return Problems.BadRequest("invalid_body", problem);
        }

        return body.Read(runId, time.GetUtcNow()) is { } review
            ? await AppendAsync(runId, review, body.Place, cancellationToken)
            : Problems.BadRequest(
                "invalid_body",
                body.Place is null
                    ? "grade: must be first, second, tie or skip where both answers are graded."
                    : "grade: must be right, wrong or skip where one answer is graded."
            );
    }

    [Function(nameof(TakeReviewBack))]
    public async Task<IResult> TakeReviewBack(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/evaluations/{runId}/reviews")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        var place = request.Query["place"].ToString();
        var item = new ReviewRequest
        {
            Reviewer = request.Query["reviewer"],
            Sample = request.Query["sample"],
            Place = place switch
            {
                "" => null,
                "1" => 1,
                "2" => 2,
                _ => 0,
            },
        };
        return item.FindProblem() is { } problem
            ? Problems.BadRequest("invalid_query", problem)
            : await AppendAsync(runId, item.TakeBack(runId, time.GetUtcNow()), item.Place, cancellationToken);
    }

    /// <summary>Notes a grade of an answer that the run has; a grade can be taken back whatever the run has.</summary>
    private async Task<IResult> AppendAsync(string runId, Review review, int? place, CancellationToken cancellationToken)
    {
        var (run, problem) = await tables.FindSingleAsync(runId, cancellationToken);
        if (run is null)
        {
            return problem!;
        }

        if (!run.HasSummary)
        {
            return Problems.NotYet(runId, run.Status);
        }

        try
        {
            if (
                review.Grade is not null
                && !await reviews.HasAsync(runId, new ReviewItemKey(review.Sample, review.Role), cancellationToken)
            )
            {
                return Problems.NotFound(
                    "sample_not_found",
                    "sample: the run has no sample with this key, or no such answer to it. Keys are in the queue of its reviews."
                );
            }
        }
        catch (SamplesChangedException)
        {
            return Problems.Unavailable("samples_changed", "The run's samples are being written again. Ask again in some seconds.");
        }

        return await reviews.TryAddAsync(runId, review, cancellationToken)
            ? Results.Json(new ReviewedItem(runId, review.Sample, place, review.Grade is not null), ResultJson.Options)
            : Problems.Conflict(
                "reviews_full",
                $"Run '{runId}' has as many reviews as are kept (16 MiB, or 50,000 lines). What was graded before stays."
            );
    }
}
