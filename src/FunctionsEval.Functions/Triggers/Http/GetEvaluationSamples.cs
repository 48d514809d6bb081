using FunctionsEval.Core.Results;
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
/// wrong in the other, with both answers. Of a group, <c>candidate</c> names the one whose samples are meant.
/// </summary>
internal sealed class GetEvaluationSamples(RunTables tables, RunBlobs blobs, RunFlips flips)
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

        var (filter, size, offset, format) = query;
        if (await tables.FindRunAsync(runId, cancellationToken) is not { Run: var run })
        {
            return Problems.UnknownRun(runId);
        }

        if (run.IsGroup)
        {
            if (FindMember(run, request.Query["candidate"]) is not { } member)
            {
                return Problems.IsGroup(run);
            }

            runId = member;
            run = (await tables.FindRunAsync(runId, cancellationToken))?.Run ?? run;
        }

        if (request.Query.TryGetValue("against", out var against))
        {
            return await FlipsAsync(runId, against.ToString(), query, cancellationToken);
        }

        var stream = await blobs.OpenSamplesForReadAsync(runId, format == SamplesQuery.Page ? offset : 0, cancellationToken);
        if (stream is null)
        {
            return Problems.NotYet(runId, run.Status);
        }

        request.HttpContext.Response.RegisterForDisposeAsync(stream); // A file is written after this function has returned.
        if (format != SamplesQuery.Page)
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

    /// <summary>The run of one of a group's candidates; null where the request names none of them.</summary>
    private static string? FindMember(Run group, string? candidate) =>
        group
            .Candidates.Zip(group.CandidateRuns)
            .FirstOrDefault(pair => string.Equals(pair.First, candidate, StringComparison.OrdinalIgnoreCase))
            .Second;

    private async Task<IResult> FlipsAsync(string runId, string against, SamplesQuery query, CancellationToken cancellationToken)
    {
        if (query.Format != SamplesQuery.Page)
        {
            return Problems.BadRequest("invalid_query", $"format: must be {SamplesQuery.Page} when against names another run.");
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
        if (format == SamplesQuery.Csv)
        {
            return Results.Stream(
                output => SampleExport.WriteCsvAsync(samples, filter, output, cancellationToken),
                "text/csv; charset=utf-8",
                name
            );
        }

        if (format == SamplesQuery.JsonLines)
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
