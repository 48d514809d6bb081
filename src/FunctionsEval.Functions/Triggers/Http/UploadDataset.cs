using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Training;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>PUT /api/datasets/{suite}/{file}?replace=&amp;context=</c>: the body becomes a dataset of the container and is evaluated with the spec that
/// applies to it. It is streamed, never held whole. A suite's training file is stored in the same way, and is not evaluated.
/// </summary>
internal sealed class UploadDataset(DatasetStore datasets, RunStarter starter, IOptions<EvaluationOptions> options)
{
    [Function(nameof(UploadDataset))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "api/datasets/{*name}")] HttpRequest request,
        string? name,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        var limit = options.Value.MaxUploadBytes;
        if (request.ContentLength > limit)
        {
            return TooLarge(limit);
        }

        if (string.IsNullOrEmpty(name))
        {
            return Problems.BadRequest("invalid_name", "Name the dataset as suite/file.jsonl.");
        }

        if (FindProblem(name) is { } problem)
        {
            return problem;
        }

        var context = request.Query.TryGetValue("context", out var given) ? given.ToString() : null;
        if (CallerContexts.FindProblem(context) is { } unusable)
        {
            return Problems.BadRequest("invalid_query", unusable);
        }

        var replace = string.Equals(request.Query["replace"], "true", StringComparison.OrdinalIgnoreCase);
        long bytes;
        try
        {
            await using var body = new BoundedStream(request.Body, limit);
            if (!await datasets.TryUploadAsync(name, body, replace, cancellationToken))
            {
                return Problems.Conflict(
                    "dataset_exists",
                    $"datasets/{name} already exists. Add ?replace=true to replace it; runs of the old version stay as they are."
                );
            }

            bytes = body.Position;
        }
        catch (TooManyBytesException)
        {
            return TooLarge(limit);
        }

        var start = new StartRequest(name, Spec: null, Attempt: 0, Source: "http") { IsUpload = true, Context = context };
        var started = await starter.StartAsync(start, durable, cancellationToken);
        return started is StartResult.TrainingFile training
            ? Stored(name, bytes, training, replace)
            : StartEvaluation.ResultOf(started, name);
    }

    /// <summary>The answer to a name of no dataset; null for one.</summary>
    private static IResult? FindProblem(string name) =>
        DatasetNames.Classify(name) switch
        {
            DatasetNameKind.Invalid invalid => Problems.BadRequest("invalid_name", $"The dataset cannot be stored: {invalid.Message}"),
            DatasetNameKind.Unsupported unsupported => Problems.BadRequest("unsupported_format", unsupported.Message),
            DatasetNameKind.Dataset => null,
            _ => Problems.BadRequest(
                "not_a_dataset",
                $"This route stores datasets only ({DatasetFormatCatalog.Extensions}). "
                    + "Upload specs to the container, or send one with POST /api/evaluations."
            ),
        };

    /// <summary>The answer to an uploaded training file, which has no run.</summary>
    private static IResult Stored(string name, long bytes, StartResult.TrainingFile training, bool mayReplace)
    {
        var detail =
            bytes > TrainingIndex.MaxFileBytes
                ? $"Stored, but larger than {TrainingIndex.MaxFileBytes >> 20} MiB, so samples are not checked against it for leakage. "
                    + "Upload a part of it to have them checked."
                : "Stored. Runs that start from now on check their samples against it for leakage.";
        return Results.Json(
            new StoredTrainingFile(name, training.Spec, detail),
            statusCode: mayReplace ? StatusCodes.Status200OK : StatusCodes.Status201Created
        );
    }

    private static IResult TooLarge(long limit) =>
        Problems.TooLarge(
            $"A dataset in a request has at most {limit} bytes (Evaluation__MaxUploadBytes). Upload larger ones to the datasets container."
        );
}
