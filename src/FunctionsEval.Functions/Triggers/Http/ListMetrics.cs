using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>GET /api/metrics?model=&amp;dataset=&amp;suite=&amp;metric=&amp;size=&amp;continuation=</c>: the numbers of completed runs' candidates
/// over the whole dataset beside their baselines', latest run first: the course of a metric from run to run. <c>metric</c> may be given
/// several times: then these numbers alone.
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

        var wanted = request.Query["metric"].OfType<string>().Where(name => name.Length > 0).ToHashSet(StringComparer.Ordinal);
        var (runs, continuation) = await query.ReadAsync(tables, inPlaceOfGroups: true, cancellationToken);
        var points = await Task.WhenAll(
            runs.Where(run => run.Status == RunStatus.Completed).Select(run => PointAsync(run, wanted, cancellationToken))
        );
        return Results.Json(new MetricHistory(points, continuation), ResultJson.Options);
    }

    private async Task<MetricHistoryRun> PointAsync(Run run, HashSet<string> wanted, CancellationToken cancellationToken)
    {
        var candidate = await tables.Metrics.ReadAsync(run.RunId, Roles.Candidate, MetricReport.AllSamples, cancellationToken);
        var baseline = run.Baseline is null
            ? []
            : await tables.Metrics.ReadAsync(run.RunId, Roles.Baseline, MetricReport.AllSamples, cancellationToken);
        var ofBaseline = baseline.ToDictionary(metric => metric.Name, StringComparer.Ordinal);
        return new MetricHistoryRun(
            run.RunId,
            run.Name,
            run.Model,
            run.Dataset,
            run.Started,
            run.Verdict,
            run.Warnings,
            [
                .. candidate
                    .Where(metric => wanted.Count == 0 || wanted.Contains(metric.Name))
                    .Select(metric => MetricHistoryPoint.From(metric, ofBaseline.GetValueOrDefault(metric.Name))),
            ]
        )
        {
            Suite = run.Suite,
            Baseline = run.Baseline,
            DatasetVersion = run.DatasetHash ?? run.DatasetETag,
            Deployment = run.Deployment,
            SpecHash = run.SpecHash,
        };
    }
}
