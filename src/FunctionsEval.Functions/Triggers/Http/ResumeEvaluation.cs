using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Triggers.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>POST /api/evaluations/{runId}/resume</c>: goes on with a run that ended before every sample had an outcome (partial, cancelled, or
/// failed for a cause that is fixed by now), or with the samples of a completed one that got no answer. What is in its shard logs is not
/// paid again.
/// </summary>
internal sealed class ResumeEvaluation(RunTables tables, CandidateRuns candidates, RunReconciler reconciler, RunResumption resumption)
{
    [Function(nameof(ResumeEvaluation))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/evaluations/{runId}/resume")] HttpRequest request,
        string runId,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        if (await EventBody.ReadAsync(request, cancellationToken) is not { } bytes)
        {
            return Problems.TooLarge($"A resume request has at most {EventBody.MaxBytes} bytes.");
        }

        if (ReadBody(bytes, out var maxCost) is { } unreadable)
        {
            return unreadable;
        }

        if (await tables.FindRunAsync(runId, cancellationToken) is not { } stored)
        {
            return Problems.UnknownRun(runId);
        }

        var run = stored.Run;
        if (run.Group is { } group)
        {
            return Problems.InGroup(runId, group);
        }

        if (!run.Status.HasEnded)
        {
            // If the process that started it has ended, the run continues now.
            await reconciler.ReconcileAsync(runId, durable, cancellationToken);
            return Problems.Conflict("run_under_way", $"Run '{runId}' is {run.Status}. Only a run that has ended can be resumed.");
        }

        var members = run.IsGroup ? await candidates.ReadMembersAsync(run, cancellationToken) : [];
        if (
            run.Status == RunStatus.Completed
            && !run.HasFailedSamples
            && !members.Any(member => member.Status is RunStatus.Failed or RunStatus.Partial or RunStatus.Cancelled)
        )
        {
            return Problems.Conflict("run_completed", $"Run '{runId}' is complete; there is nothing left to evaluate.");
        }

        return await resumption.ResumeAsync(stored, maxCost, durable, cancellationToken) switch
        {
            RunResumptionResult.Resumed resumed => Results.Accepted($"/api/evaluations/{runId}", new ResumedRun(runId, resumed.Resumption)),
            RunResumptionResult.InvalidSpec invalid => Problems.BadRequest(invalid.Failure.Code, invalid.Failure.Message),
            RunResumptionResult.Conflict conflict => Problems.Conflict(conflict.Failure.Code, conflict.Failure.Message),
            var other => throw new InvalidOperationException($"Unknown result: {other.GetType().Name}."),
        };
    }

    /// <summary>Reads the new cost ceiling; null for none.</summary>
    /// <returns>The answer to a body that is none; null for any other.</returns>
    private static IResult? ReadBody(ReadOnlyMemory<byte> bytes, out double? maxCost)
    {
        maxCost = null;
        if (bytes.IsEmpty)
        {
            return null;
        }

        if (RequestJson.Read<ResumeBody>(bytes, RequestJson.Options, out var body) is { } problem)
        {
            return Problems.BadRequest(
                "invalid_body",
                $"The body is not a resume request ({problem}). " + """Send nothing, or {"maxCost": 5} to raise the run's cost ceiling."""
            );
        }

        maxCost = body!.MaxCost;
        return maxCost is < 0 or > LimitSpec.HighestMaxCost
            ? Problems.BadRequest("invalid_body", FormattableString.Invariant($"maxCost: must be from 0 to {LimitSpec.HighestMaxCost}."))
            : null;
    }

    private sealed record ResumeBody(double? MaxCost);
}
