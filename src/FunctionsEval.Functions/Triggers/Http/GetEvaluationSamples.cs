using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Reports.Samples;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>GET /api/evaluations/{runId}/samples</c>: a page of the samples that match a filter, found by the run's index; <c>next</c> is the offset
/// of the following page. With a format other than json, all that match, as a file. With <c>against</c>, another run: the samples that are
/// right in one of the two and wrong in the other, with both answers.
/// </summary>
internal sealed class GetEvaluationSamples(RunTables tables, RunBlobs blobs, RunFlips flips, SampleRuns runs, SamplePages pages)
{
    [Function(nameof(GetEvaluationSamples))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/evaluations/{runId}/samples")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        if (SamplesQuery.Read(request.Query, out var query) is { } problem)
        {
            return Problems.BadRequest("invalid_query", problem);
        }

        if (query.Format == SamplesQuery.Page && !request.Query.ContainsKey("against"))
        {
            return await runs.AnswerAsync(
                request,
                runId,
                query,
                async (index, found) =>
                    Results.Bytes(
                        await pages.WriteAsync(index, found, query.Offset, query.Size, cancellationToken),
                        "application/json; charset=utf-8"
                    ),
                cancellationToken
            );
        }

        var (run, notFound) = await runs.FindAsync(request, runId, cancellationToken);
        return run is null ? notFound!
            : request.Query.TryGetValue("against", out var against)
                ? await FlipsAsync(run.RunId, against.ToString(), query, cancellationToken)
            : await FileAsync(request.HttpContext.Response, run, query, cancellationToken);
    }

    private async Task<IResult> FlipsAsync(string runId, string against, SamplesQuery query, CancellationToken cancellationToken)
    {
        if (query.Format != SamplesQuery.Page)
        {
            return Problems.BadRequest("invalid_query", $"format: must be {SamplesQuery.Page} when against names another run.");
        }

        if (query.Order != SampleOrder.Dataset)
        {
            return Problems.BadRequest("invalid_query", "sort: must be left out when against names another run, order and metric too.");
        }

        if (await tables.FindRunAsync(against, cancellationToken) is not { Run: var other })
        {
            return Problems.UnknownRun(against);
        }

        if (other.IsGroup)
        {
            return Problems.IsGroup(other);
        }

        try
        {
            return await flips.ReadAsync(against, runId, query.Filter, query.Offset, query.Size, cancellationToken) is var (samples, next)
                ? Results.Json(new SamplePage(runId, against, samples, next), ResultJson.Options)
                : Problems.NotYet(against, other.Status);
        }
        catch (UnpairableException unpairable)
        {
            return Problems.BadRequest("invalid_query", $"against: the runs cannot be paired. {unpairable.Message}");
        }
    }

    private async Task<IResult> FileAsync(HttpResponse response, Run run, SamplesQuery query, CancellationToken cancellationToken)
    {
        var samples = await blobs.OpenSamplesForReadAsync(run.RunId, offset: 0, cancellationToken);
        if (samples is null)
        {
            return Problems.NotYet(run.RunId, run.Status);
        }

        response.RegisterForDisposeAsync(samples); // A file is written after this function has returned.
        var name = $"{run.RunId}-samples.{query.Format}";
        if (query.Format == SamplesQuery.Csv)
        {
            return Results.Stream(
                output => SampleExport.WriteCsvAsync(samples, query.Filter, output, cancellationToken),
                "text/csv; charset=utf-8",
                name
            );
        }

        if (query.Format == SamplesQuery.JsonLines)
        {
            return Results.Stream(
                output => SampleExport.WriteJsonLinesAsync(samples, query.Filter, output, cancellationToken),
                "application/x-ndjson",
                name
            );
        }

        // Parquet ends with the places of its parts: it is written where one can tell them.
        var file = new FileStream(
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            FileShare.None,
            1 << 16,
            FileOptions.DeleteOnClose | FileOptions.Asynchronous
        );
        response.RegisterForDisposeAsync(file);
        await SampleExport.WriteParquetAsync(samples, query.Filter, file, cancellationToken);
        file.Position = 0;
        return Results.Stream(file, "application/vnd.apache.parquet", name);
    }
}
