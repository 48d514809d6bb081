using System.Globalization;
using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Runs;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers;

/// <summary>
/// <c>GET /api/evaluations/{runId}/samples?outcome=&amp;size=&amp;offset=</c>: samples of a completed run in dataset order, read
/// from <c>samples.jsonl</c> in one pass; <c>next</c> is the offset of the following page.
/// </summary>
internal sealed class GetEvaluationSamples(RunTables tables, RunBlobs blobs)
{
    private const int MaxSize = 500;

    [Function(nameof(GetEvaluationSamples))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "evaluations/{runId}/samples")] HttpRequest request, string runId, CancellationToken cancellationToken)
    {
        var size = 50;
        if (request.Query.TryGetValue("size", out var askedSize)
            && (!int.TryParse(askedSize, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > MaxSize))
            return Problems.BadRequest("invalid_query", $"size: must be 1 to {MaxSize}.");
        long offset = 0;
        if (request.Query.TryGetValue("offset", out var askedOffset) && !long.TryParse(askedOffset, NumberStyles.None, CultureInfo.InvariantCulture, out offset))
            return Problems.BadRequest("invalid_query", "offset: pass the value of next of the previous page.");
        Outcome? outcome = null;
        if (request.Query.TryGetValue("outcome", out var askedOutcome))
        {
            if (!OutcomeNames.All.TryGetValue(askedOutcome.ToString(), out var parsed))
                return Problems.BadRequest("invalid_query", $"outcome: must be one of {string.Join(", ", OutcomeNames.All.Keys)}.");
            outcome = parsed;
        }

        if (await tables.FindRunAsync(runId, cancellationToken) is not { } row)
            return Problems.UnknownRun(runId);
        await using var stream = await blobs.OpenSamplesForReadAsync(runId, offset, cancellationToken);
        if (stream is null)
            return Problems.NotYet(runId, row.GetString("Status"));

        try
        {
            var (samples, next) = await ReadAsync(stream, offset, outcome, size, cancellationToken);
            return Results.Json(new { RunId = runId, Samples = samples, Next = next }, RunJson.Options);
        }
        catch (JsonException)
        {
            return Problems.BadRequest("invalid_query", "offset: is not the beginning of a sample; pass the value of next of the previous page.");
        }
    }

    private static async Task<(IReadOnlyList<SampleReport> Samples, long? Next)> ReadAsync(
        Stream stream, long offset, Outcome? outcome, int size, CancellationToken cancellationToken)
    {
        var samples = new List<SampleReport>();
        using var reader = new StreamReader(stream);
        var position = offset;
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (samples.Count == size)
                return (samples, position);
            position += Encoding.UTF8.GetByteCount(line) + 1;
            var sample = JsonSerializer.Deserialize<SampleReport>(line, RunJson.Options)!;
            if (outcome is null || sample.Candidate.Outcome == outcome || sample.Baseline?.Outcome == outcome)
                samples.Add(sample);
        }

        return (samples, null);
    }
}
