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
internal sealed class GetEvaluationSamples(RunTables tables, SampleBlobs sampleBlobs, RunFlips flips, SampleRuns runs, SamplePages pages)
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

        if (request.Query.TryGetValue("against", out var against))
        {
            var (run, notFound) = await runs.FindAsync(request, runId, cancellationToken);
            return run is null ? notFound! : await FlipsAsync(run.RunId, against.ToString(), query, cancellationToken);
        }

        return await runs.AnswerAsync(
            request,
            runId,
            query,
            async (index, found) =>
                query.Format == SamplesQuery.Page
                    ? Results.Bytes(
                        await pages.WriteAsync(index, found, query.Offset, query.Size, cancellationToken),
                        "application/json; charset=utf-8"
                    )
                    : await FileAsync(request.HttpContext.Response, index, found, query, cancellationToken),
            cancellationToken
        );
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

    /// <summary>The samples as a file, in dataset order. A search that was not finished is done again while the file is written.</summary>
    private async Task<IResult> FileAsync(
        HttpResponse response,
        SampleIndex index,
        FoundSamples found,
        SamplesQuery query,
        CancellationToken cancellationToken
    )
    {
        var filter = query.Filter with
        {
            Found = found.IsComplete ? found.ToBits(index.Count) : null,
            Marks = row => row < index.Count ? SamplePages.MarksOf(index, row) : null,
        };
        var samples = await sampleBlobs.OpenAsync(index.File, cancellationToken);
        response.RegisterForDisposeAsync(samples); // A file is written after this function has returned.
        var name = $"{index.File.RunId}-samples.{query.Format}";
        if (query.Format == SamplesQuery.Csv)
        {
            return Results.Stream(
                output => SampleExport.WriteCsvAsync(samples, filter, output, cancellationToken),
                "text/csv; charset=utf-8",
                name
            );
        }

        if (query.Format == SamplesQuery.JsonLines)
        {
            return Results.Stream(
                output => SampleExport.WriteJsonLinesAsync(samples, filter, output, cancellationToken),
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
        await SampleExport.WriteParquetAsync(samples, filter, file, cancellationToken);
        file.Position = 0;
        return Results.Stream(file, "application/vnd.apache.parquet", name);
    }
}
