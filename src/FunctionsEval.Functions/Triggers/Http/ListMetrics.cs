using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>GET /api/metrics?model=&amp;dataset=&amp;suite=&amp;size=&amp;continuation=</c>: the numbers of completed runs' candidates over the
/// whole dataset, latest run first: the course of a metric from run to run.
/// </summary>
internal sealed class ListMetrics(RunTables tables)
{
    [Function(nameof(ListMetrics))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/metrics")] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!RunQuery.TryRead(request.Query, out var query, out var problem))
        {
            return problem;
        }

        var (runs, continuation) = await query.ReadAsync(tables, inPlaceOfGroups: true, cancellationToken);
        var points = await Task.WhenAll(
            runs.Where(run => run.Status == RunStatus.Completed).Select(run => PointAsync(run, cancellationToken))
        );
        return Results.Json(new MetricHistory(points, continuation), ResultJson.Options);
    }

    private async Task<MetricHistoryRun> PointAsync(Run run, CancellationToken cancellationToken)
    {
        var metrics = await tables.Metrics.ReadAsync(run.RunId, Roles.Candidate, MetricReport.AllSamples, cancellationToken);
        return new MetricHistoryRun(
            run.RunId,
            run.Name,
            run.Model,
            run.Dataset,
            run.Started,
            run.Verdict,
            run.Warnings,
            [
                .. metrics.Select(metric => new MetricHistoryPoint(
                    metric.Name,
                    metric.Value,
                    metric.Lower,
                    metric.Upper,
                    metric.HigherIsBetter
                )),
            ]
        );
    }
}
