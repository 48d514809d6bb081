using System.Text.Json;
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
internal sealed class ResumeEvaluation(RunTables tables, RunBlobs blobs, SpecCheck specs, RunReconciler reconciler, TimeProvider time)
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

        ResumeBody body;
        try
        {
            body = bytes.IsEmpty
                ? new ResumeBody(null)
                : JsonSerializer.Deserialize<ResumeBody>(bytes.Span, ResumeBody.Options) ?? throw new JsonException("The body is null.");
        }
        catch (JsonException)
        {
            return Problems.BadRequest("invalid_body", """Send nothing, or {"maxCost": 5} to raise the run's cost ceiling.""");
        }

        if (body.MaxCost is < 0 or > LimitSpec.HighestMaxCost)
        {
            return Problems.BadRequest(
                "invalid_body",
                FormattableString.Invariant($"maxCost: must be from 0 to {LimitSpec.HighestMaxCost}.")
            );
        }

        if (await tables.FindRunAsync(runId, cancellationToken) is not { } stored)
        {
            return Problems.UnknownRun(runId);
        }

        var run = stored.Run;
        if (!run.Status.HasEnded)
        {
            // If the process that started it has ended, the run continues now.
            await reconciler.ReconcileAsync(runId, durable, cancellationToken);
            return Problems.Conflict("run_under_way", $"Run '{runId}' is {run.Status}. Only a run that has ended can be resumed.");
        }

        var isComplete = run.Status == RunStatus.Completed;
        if (isComplete && !run.HasFailedSamples)
        {
            return Problems.Conflict("run_completed", $"Run '{runId}' is complete; there is nothing left to evaluate.");
        }

        EvaluationSpec? spec;
        try
        {
            spec = await blobs.FindSpecAsync(runId, cancellationToken);
        }
        catch (SpecException invalid)
        {
            // Another version of the app, which read specs differently, began the run.
            return Problems.BadRequest("invalid_spec", invalid.Message);
        }

        if (spec is null)
        {
            return Problems.Conflict(
                "run_not_planned",
                $"Run '{runId}' was refused before it began, so it cannot be resumed. Fix the error that it names, then start it again."
            );
        }

        if (body.MaxCost is { } maxCost)
        {
            spec = spec with { Limits = spec.Limits with { MaxCost = maxCost } };
        }

        if (specs.Check("spec", spec) is { } failure)
        {
            return Problems.BadRequest(failure.Code, failure.Message);
        }

        var isPlanned = await blobs.FindManifestAsync(runId, cancellationToken) is not null;
        var reopening = new Reopening(
            time.GetUtcNow(),
            Waits: run.FineTuneJob is not null && !isPlanned,
            RepeatsFailed: isComplete,
            body.MaxCost
        );
        if (!await tables.TryReopenAsync(stored, reopening, cancellationToken))
        {
            return Problems.Conflict("run_changed", $"Run '{runId}' changed at the same moment. Read its status, then try again.");
        }

        await reconciler.ReconcileAsync(runId, durable, cancellationToken);
        return Results.Accepted($"/api/evaluations/{runId}", new ResumedRun(runId, run.Resumptions + 1));
    }

    private sealed record ResumeBody(double? MaxCost)
    {
        public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
        {
            UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        };
    }
}
