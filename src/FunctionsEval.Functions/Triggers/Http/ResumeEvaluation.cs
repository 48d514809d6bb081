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
internal sealed class ResumeEvaluation(
    RunTables tables,
    RunBlobs blobs,
    SpecCheck specs,
    CandidateRuns candidates,
    RunReconciler reconciler,
    TimeProvider time
)
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

        if (await CheckSpecAsync(runId, maxCost, cancellationToken) is { } refused)
        {
            return refused;
        }

        var isPlanned =
            members.Any(member => member.Status is not null) || await blobs.FindManifestAsync(runId, cancellationToken) is not null;
        var reopening = new Reopening(
            time.GetUtcNow(),
            // What the app deployed for the run is removed by now, or will be soon.
            Waits: run.FineTuneJob is not null && (!isPlanned || run.Deployments is not null),
            RepeatsFailed: run.Status == RunStatus.Completed,
            maxCost
        );
        if (!await tables.TryReopenAsync(stored, reopening, cancellationToken))
        {
            return Problems.Conflict("run_changed", $"Run '{runId}' changed at the same moment. Read its status, then try again.");
        }

        await reconciler.ReconcileAsync(runId, durable, cancellationToken);
        return Results.Accepted($"/api/evaluations/{runId}", new ResumedRun(runId, run.Resumptions + 1));
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

        try
        {
            var body = JsonSerializer.Deserialize<ResumeBody>(bytes.Span, ResumeBody.Options);
            maxCost = (body ?? throw new JsonException("The body is null.")).MaxCost;
        }
        catch (JsonException)
        {
            return Problems.BadRequest("invalid_body", """Send nothing, or {"maxCost": 5} to raise the run's cost ceiling.""");
        }

        return maxCost is < 0 or > LimitSpec.HighestMaxCost
            ? Problems.BadRequest("invalid_body", FormattableString.Invariant($"maxCost: must be from 0 to {LimitSpec.HighestMaxCost}."))
            : null;
    }

    /// <summary>Checks that the run's spec, with the new ceiling, can be evaluated now.</summary>
    /// <returns>The answer where it cannot; null where it can.</returns>
    private async Task<IResult?> CheckSpecAsync(string runId, double? maxCost, CancellationToken cancellationToken)
    {
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

        if (maxCost is not null)
        {
            spec = spec with { Limits = spec.Limits with { MaxCost = maxCost } };
        }

        return specs.Check("spec", spec) is { } failure ? Problems.BadRequest(failure.Code, failure.Message) : null;
    }

    private sealed record ResumeBody(double? MaxCost)
    {
        public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
        {
            UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        };
    }
}
