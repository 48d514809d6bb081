using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Triggers;

/// <summary><c>POST /api/evaluations</c>: evaluates a stored dataset, with the spec beside it or one in the request.</summary>
internal sealed class StartEvaluation(RunStarter starter)
{
    /// <summary>Specs are small; what is larger is a dataset sent to the wrong place.</summary>
    private const long MaxBodyBytes = 1 << 20;

    [Function(nameof(StartEvaluation))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "evaluations")] HttpRequest request,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxBodyBytes;
        StartBody body;
        try
        {
            body = await JsonSerializer.DeserializeAsync<StartBody>(request.Body, StartBody.Options, cancellationToken)
                ?? throw new JsonException("The body is null.");
        }
        catch (JsonException invalid)
        {
            return Problems.BadRequest(
                "invalid_body",
                $"The body is not a start request (line {invalid.LineNumber + 1}, path {invalid.Path ?? "$"}). " +
                """Send {"dataset": "suite/file.jsonl"}, and optionally "spec" (an object as in evaluation.json) and "attempt" (a number).""");
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Results.Problem(
                "A start request is at most 1 MiB. Upload the dataset to the datasets container and name it here.", statusCode: tooLarge.StatusCode);
        }

        if (string.IsNullOrWhiteSpace(body.Dataset))
            return Problems.BadRequest("invalid_body", "dataset: name a blob of the datasets container, for example suite/file.jsonl.");
        if (body.Attempt < 0)
            return Problems.BadRequest("invalid_body", "attempt: must be 0 or more.");

        var spec = body.Spec.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : body.Spec.GetRawText();
        var result = await starter.StartAsync(new StartRequest(body.Dataset.TrimStart('/'), spec, body.Attempt, "http"), durable, cancellationToken);
        return result switch
        {
            StartResult.Accepted accepted => Accepted(accepted),
            StartResult.Refused refused => Problems.BadRequest(refused.Failure.Code, refused.Failure.Message),
            StartResult.NoDataset { Code: "dataset_not_found" } missing => Problems.NotFound(missing.Code, missing.Message),
            StartResult.NoDataset none => Problems.BadRequest(none.Code, $"datasets/{body.Dataset} cannot be evaluated: {none.Message}"),
            _ => throw new InvalidOperationException($"Unknown result: {result.GetType().Name}."),
        };
    }

    private static IResult Accepted(StartResult.Accepted accepted)
    {
        var location = $"/api/evaluations/{accepted.RunId}";
        var view = new { accepted.RunId, accepted.New, Url = location };
        return accepted.New ? Results.Accepted(location, view) : Results.Ok(view);
    }

    private sealed record StartBody
    {
        public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
        {
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            ReadCommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
        };

        public string? Dataset { get; init; }

        public JsonElement Spec { get; init; }

        public int Attempt { get; init; }
    }
}
