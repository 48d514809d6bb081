using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>POST /api/suites/{suiteRunId}/resume</c>: resumes the runs of an ended suite run that did not complete, and decides once more.
/// </summary>
internal sealed class ResumeSuite(RunTables tables, SuiteResults results, SuiteScheduler scheduler)
{
    [Function(nameof(ResumeSuite))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/suites/{suiteRunId}/resume")] HttpRequest request,
        string suiteRunId,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        if (await tables.Suites.FindAsync(suiteRunId, cancellationToken) is not { } stored)
        {
            return Problems.UnknownSuiteRun(suiteRunId);
        }

        if (!stored.Run.Status.HasEnded)
        {
            await scheduler.EnsureScheduledAsync(suiteRunId, durable, cancellationToken);
            return Problems.Conflict(
                "suite_under_way",
                $"Suite run '{suiteRunId}' is {stored.Run.Status}. Only one that has ended can be resumed."
            );
        }

        var ended = await results.ReadAsync(stored.Run, cancellationToken);
        if ((ended.Datasets ?? []).All(dataset => dataset.Status is RunStatus.Completed or null) && ended.Status == RunStatus.Completed)
        {
            return Problems.Conflict(
                "suite_completed",
                $"Every run of suite run '{suiteRunId}' is complete. Upload what is missing, or start the suite with a higher attempt."
            );
        }

        if (!await tables.Suites.TryReopenAsync(stored, cancellationToken))
        {
            return Problems.Conflict(
                "suite_changed",
                $"Suite run '{suiteRunId}' changed at the same moment. Read its status, then try again."
            );
        }

        await scheduler.EnsureScheduledAsync(suiteRunId, durable, cancellationToken);
        return Results.Accepted($"/api/suites/{suiteRunId}", new ResumedSuiteRun(suiteRunId, stored.Run.Resumptions + 1));
    }
}
