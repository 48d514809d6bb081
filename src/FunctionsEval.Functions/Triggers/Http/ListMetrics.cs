using Azure.Data.Tables;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>GET /api/metrics?model=&amp;dataset=&amp;suite=&amp;size=&amp;continuation=</c>: what the candidates of completed runs reached over
/// the whole dataset,
/// latest run first: the course of a metric from run to run.
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

        var (runs, continuation) = await query.ReadAsync(tables, cancellationToken);
        var points = await Task.WhenAll(
            runs.Where(run => run.GetString("Status") == nameof(RunStatus.Completed)).Select(run => PointAsync(run, cancellationToken))
        );
        return Results.Json(new { Runs = points, Continuation = continuation }, RunJson.Options);
    }

    private async Task<object> PointAsync(TableEntity run, CancellationToken cancellationToken)
    {
        var metrics = new List<object>();
        await foreach (var metric in tables.ReadMetrics(run.PartitionKey, Roles.Candidate, MetricReport.AllSamples, cancellationToken))
        {
            metrics.Add(
                new
                {
                    Name = metric.GetString("Name"),
                    Value = metric.GetDouble("Value"),
                    Lower = metric.GetDouble("Lower"),
                    Upper = metric.GetDouble("Upper"),
                    HigherIsBetter = metric.GetBoolean("HigherIsBetter"),
                }
            );
        }

        return new
        {
            RunId = run.PartitionKey,
            Name = run.GetString("Name"),
            Model = run.GetString("Model"),
            Dataset = run.GetString("Dataset"),
            Started = run.GetDateTimeOffset("Started"),
            Verdict = run.GetString("Verdict"),
            Warnings = RunWarnings.Read(run),
            Metrics = metrics,
        };
    }
}
