using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>GET /api/evaluations/{runId}/overview?format=json|markdown</c>: what a run says at first sight, with the texts that people read; in
/// Markdown a comment for a pull request. It exists for runs of every status.
/// </summary>
internal sealed class GetEvaluationOverview(
    RunTables tables,
    RunResults results,
    CandidateRuns candidates,
    IOptions<EvaluationOptions> options
)
{
    [Function(nameof(GetEvaluationOverview))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/evaluations/{runId}/overview")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        var format = request.Query["format"].ToString();
        if (format is not ("" or "json" or "markdown"))
        {
            return Problems.BadRequest("invalid_query", "format: must be json or markdown.");
        }

        if (await tables.FindRunAsync(runId, cancellationToken) is not { Run: var run })
        {
            return Problems.UnknownRun(runId);
        }

        var summary = await results.FindSummaryAsync(run, cancellationToken) is { } content
            ? JsonSerializer.Deserialize<RunSummary>(content, ResultJson.Options)
            : null;
        var overview = RunOverview.From(
            summary is null ? await WithProgressAsync(run, cancellationToken) : run,
            summary,
            options.Value.Currency
        );
        return format == "markdown"
            ? Results.Text(OverviewMarkdown.Write(overview), "text/markdown; charset=utf-8")
            : Results.Json(overview, ResultJson.Options);
    }

    /// <summary>A run that is not summed up, with what is answered so far; of a group over all its runs.</summary>
    private async Task<Run> WithProgressAsync(Run run, CancellationToken cancellationToken)
    {
        if (!run.IsGroup)
        {
            return run with { Progress = await tables.Progress.ReadAsync(run.RunId, cancellationToken) };
        }

        return run with
        {
            Members = await candidates.ReadMembersAsync(run, cancellationToken),
        };
    }
}
