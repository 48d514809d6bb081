using System.Text.Json;
using FunctionsEval.Core.Runs;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Triggers;

/// <summary>
/// <c>POST /api/evaluations/{runId}/resume</c>: goes on with a run that ended before every sample had an outcome (partial, cancelled, or failed
/// for a cause that is fixed by now). What is in its row logs is not paid again.
/// </summary>
internal sealed class ResumeEvaluation(RunTables tables, RunBlobs blobs, SpecCheck specs)
{
    private static readonly IReadOnlyList<string> LiveStatuses =
    [
        nameof(OrchestrationRuntimeStatus.Pending), nameof(OrchestrationRuntimeStatus.Running), nameof(OrchestrationRuntimeStatus.Suspended),
    ];

    [Function(nameof(ResumeEvaluation))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/evaluations/{runId}/resume")] HttpRequest request,
        string runId,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken)
    {
        if (await EventBody.ReadAsync(request, cancellationToken) is not { } bytes)
            return Problems.TooLarge($"A resume request has at most {EventBody.MaxBytes} bytes.");
        ResumeBody body;
        try
        {
            body = bytes.IsEmpty ? new ResumeBody(null) : JsonSerializer.Deserialize<ResumeBody>(bytes.Span, ResumeBody.Options)!;
        }
        catch (JsonException)
        {
            return Problems.BadRequest("invalid_body", """Send nothing, or {"maxCost": 5} to raise the run's cost ceiling.""");
        }

        if (body.MaxCost is < 0 or > LimitSpec.HighestMaxCost)
            return Problems.BadRequest("invalid_body", FormattableString.Invariant($"maxCost: must be from 0 to {LimitSpec.HighestMaxCost}."));
        if (await tables.FindRunAsync(runId, cancellationToken) is not { } row)
            return Problems.UnknownRun(runId);
        if (await blobs.FindManifestAsync(runId, cancellationToken) is not { } manifest)
            return Problems.Conflict("run_not_planned", $"Run '{runId}' ended before its dataset was planned: there is nothing to go on with. Start it again.");

        var spec = await blobs.ReadSpecAsync(runId, cancellationToken);
        if (body.MaxCost is { } maxCost)
            spec = spec with { Limits = spec.Limits with { MaxCost = maxCost } };
        if (specs.Check("spec", spec) is { } failure)
            return Problems.BadRequest(failure.Code, failure.Message);

        var resumption = RunTables.ResumptionsOf(row);
        if (RunTables.HasEnded(row))
        {
            if (row.GetString("Status") == nameof(RunStatus.Completed))
                return Problems.Conflict("run_completed", $"Run '{runId}' is complete; there is nothing left to evaluate.");
            if (!await tables.TryReopenAsync(row, cancellationToken))
                return Problems.Conflict("run_changed", $"Run '{runId}' was changed at the same moment; look at it again.");
            resumption++;
        }
        else if (row.GetString("Status") != nameof(RunStatus.Pending) || resumption == 0
            || await durable.GetInstanceAsync(runId, getInputsAndOutputs: false, cancellationToken) is { IsCompleted: false })
        {
            return Problems.Conflict("run_under_way", $"Run '{runId}' is {row.GetString("Status")}; it is under way.");
        }

        if (body.MaxCost is not null)
            await blobs.WriteSpecAsync(runId, SpecReader.Canonical(spec), cancellationToken);
        await durable.ScheduleNewOrchestrationInstanceAsync(
            nameof(EvaluateDataset),
            RunRequest.For(runId, manifest.Dataset, spec, trainingFile: null, resumption), // It was read when the run was planned.
            new StartOrchestrationOptions(runId) { DedupeStatuses = LiveStatuses },
            cancellationToken);
        return Results.Accepted($"/api/evaluations/{runId}", new { RunId = runId, Resumption = resumption });
    }

    private sealed record ResumeBody(double? MaxCost)
    {
        public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
        {
            UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        };
    }
}
