using System.Globalization;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>GET
/// /api/evaluations/{runId}/samples?outcome=&amp;label=&amp;prediction=&amp;flip=&amp;against=&amp;size=&amp;offset=&amp;format=</c>:
/// samples of a run in dataset order, read from <c>samples.jsonl</c> in one pass; <c>next</c> is the offset of the following page. With a
/// format other than json, all that match, as a file. With <c>against</c>, another run: the samples that are right in one of the two and
/// wrong in the other, with both answers.
/// </summary>
internal sealed class GetEvaluationSamples(RunTables tables, RunBlobs blobs, RunFlips flips)
{
    private const int MaxSize = 500;

    private const string Page = "json";
    private const string JsonLines = "jsonl";
    private const string Csv = "csv";
    private const string Parquet = "parquet";

    [Function(nameof(GetEvaluationSamples))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/evaluations/{runId}/samples")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        var query = request.Query;
        var size = 50;
        if (
            query.TryGetValue("size", out var askedSize)
            && (!int.TryParse(askedSize, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > MaxSize)
        )
        {
            return Problems.BadRequest("invalid_query", $"size: must be 1 to {MaxSize}.");
        }

        long offset = 0;
        if (
            query.TryGetValue("offset", out var askedOffset)
            && !long.TryParse(askedOffset, NumberStyles.None, CultureInfo.InvariantCulture, out offset)
        )
        {
            return Problems.BadRequest("invalid_query", "offset: pass the previous page's value of next.");
        }

        Outcome? outcome = null;
        if (query.TryGetValue("outcome", out var askedOutcome))
        {
            if (!OutcomeNames.All.TryGetValue(askedOutcome.ToString(), out var parsed))
            {
                return Problems.BadRequest("invalid_query", $"outcome: must be one of {string.Join(", ", OutcomeNames.All.Keys)}.");
            }

            outcome = parsed;
        }

        Flip? flip = null;
        if (query.TryGetValue("flip", out var askedFlip))
        {
            if (askedFlip.ToString() is not ("gained" or "lost") and var unknown)
            {
                return Problems.BadRequest(
                    "invalid_query",
                    $"flip: must be gained (only the candidate is right) or lost (only the baseline is), not '{unknown}'."
                );
            }

            flip = askedFlip == "gained" ? Flip.Gained : Flip.Lost;
        }

        var format = query.TryGetValue("format", out var askedFormat) ? askedFormat.ToString() : Page;
        if (format is not (Page or JsonLines or Csv or Parquet))
        {
            return Problems.BadRequest("invalid_query", $"format: must be {Page}, {JsonLines}, {Csv} or {Parquet}.");
        }

        if (await tables.FindRunAsync(runId, cancellationToken) is not { Run: var run })
        {
            return Problems.UnknownRun(runId);
        }

        var filter = new SampleFilter(outcome, query["label"], query["prediction"], flip);
        if (query.TryGetValue("against", out var against))
        {
            return await FlipsAsync(runId, against.ToString(), filter, (offset, size, format), cancellationToken);
        }

        var stream = await blobs.OpenSamplesForReadAsync(runId, format == Page ? offset : 0, cancellationToken);
        if (stream is null)
        {
            return Problems.NotYet(runId, run.Status);
        }

        request.HttpContext.Response.RegisterForDisposeAsync(stream); // A file is written after this function has returned.
        if (format != Page)
        {
            return await FileAsync(request.HttpContext.Response, stream, filter, runId, format, cancellationToken);
        }

        var lines = await SampleLines.TryReadAsync(stream, cancellationToken);
        return lines is null
            ? Problems.BadRequest("invalid_query", "offset: is not the beginning of a sample. Pass the previous page's value of next.")
            : Results.Stream(
                output => new SamplePageWriter(runId, filter, size).WriteAsync(lines, offset, output, cancellationToken),
                "application/json; charset=utf-8"
            );
    }

    private async Task<IResult> FlipsAsync(
        string runId,
        string against,
        SampleFilter filter,
        (long Offset, int Size, string Format) page,
        CancellationToken cancellationToken
    )
    {
        if (page.Format != Page)
        {
            return Problems.BadRequest("invalid_query", $"format: must be {Page} when against names another run.");
        }

        if (await tables.FindRunAsync(against, cancellationToken) is not { Run: var other })
        {
            return Problems.UnknownRun(against);
        }

        try
        {
            return await flips.ReadAsync(against, runId, filter, page.Offset, page.Size, cancellationToken) is var (samples, next)
                ? Results.Json(new SamplePage(runId, against, samples, next), ResultJson.Options)
                : Problems.NotYet(against, other.Status);
        }
        catch (UnpairableException unpairable)
        {
            return Problems.BadRequest("invalid_query", $"against: the runs cannot be paired. {unpairable.Message}");
        }
    }

    private static async Task<IResult> FileAsync(
        HttpResponse response,
        Stream samples,
        SampleFilter filter,
        string runId,
        string format,
        CancellationToken cancellationToken
    )
    {
        var name = $"{runId}-samples.{format}";
        if (format == Csv)
        {
            return Results.Stream(
                output => SampleExport.WriteCsvAsync(samples, filter, output, cancellationToken),
                "text/csv; charset=utf-8",
                name
            );
        }

        if (format == JsonLines)
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
