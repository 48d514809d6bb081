using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Triggers.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>POST /api/evaluations</c>: evaluates a stored dataset, with the spec beside it or one in the request, or all datasets of a suite.
/// </summary>
internal sealed class StartEvaluation(RunStarter starter, DatasetStore datasets)
{
    [Function(nameof(StartEvaluation))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/evaluations")] HttpRequest request,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        var (body, unreadable) = await ReadBodyAsync(request, cancellationToken);
        if (body is null)
        {
            return unreadable!;
        }

        if (string.IsNullOrWhiteSpace(body.Dataset) == string.IsNullOrWhiteSpace(body.Suite))
        {
            return Problems.BadRequest(
                "invalid_body",
                "Name either a dataset (a blob of the datasets container, for example suite/file.jsonl) or a suite (a folder of it)."
            );
        }

        if (body.Attempt < 0)
        {
            return Problems.BadRequest("invalid_body", "attempt: must be 0 or more.");
        }

        if (CallerContexts.FindProblem(body.Context) is { } unusable)
        {
            return Problems.BadRequest("invalid_body", unusable);
        }

        var spec = body.Spec.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : body.Spec.GetRawText();
        if (body.Suite is { } suite && !string.IsNullOrWhiteSpace(suite))
        {
            return BlobNames.FindProblem(suite.Trim('/')) is { } problem
                ? Problems.BadRequest(
                    "invalid_name",
                    $"suite: its name {problem}. Name a folder of the datasets container, such as support/tickets."
                )
                : await StartSuiteAsync(suite.Trim('/'), spec, body, durable, cancellationToken);
        }

        var dataset = body.Dataset!.TrimStart('/');
        var start = new StartRequest(dataset, spec, body.Attempt, "http") { Context = body.Context };
        return ResultOf(await starter.StartAsync(start, durable, cancellationToken), dataset);
    }

    private static async Task<(StartBody? Body, IResult? Unreadable)> ReadBodyAsync(
        HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        if (await EventBody.ReadAsync(request, cancellationToken) is not { } bytes)
        {
            // Probably a dataset that was sent to the wrong route.
            return (
                null,
                Problems.TooLarge("A start request is at most 1 MiB. Upload the dataset to the datasets container and name it here.")
            );
        }

        return RequestJson.Read<StartBody>(bytes, RequestJson.HandWritten, out var body) is { } problem
            ? (
                null,
                Problems.BadRequest(
                    "invalid_body",
                    $"The body is not a start request ({problem}). "
                        + """Send {"dataset": "suite/file.jsonl"} or {"suite": "suite"}, and optionally "spec" (an object as in evaluation.json), "attempt" (a number) and "context" (a text)."""
                )
            )
            : (body, null);
    }

    /// <summary>
    /// The answer to a start: 202 for a new run, 200 for an existing one, a problem for a dataset that cannot be evaluated.
    /// </summary>
    internal static IResult ResultOf(StartResult result, string dataset) =>
        result switch
        {
            StartResult.Accepted accepted => Accepted(accepted),
            StartResult.Refused refused => Problems.BadRequest(refused.Failure.Code, refused.Failure.Message),
            StartResult.NoDataset { Code: "dataset_not_found" } missing => Problems.NotFound(missing.Code, missing.Message),
            StartResult.TrainingFile training => Problems.BadRequest(
                "training_file",
                $"datasets/{dataset} is not evaluated: {training.Message} Name another dataset, or send a spec with the request."
            ),
            StartResult.NoDataset none => Problems.BadRequest(none.Code, $"datasets/{dataset} cannot be evaluated: {none.Message}"),
            _ => throw new InvalidOperationException($"Unknown result: {result.GetType().Name}."),
        };

    private async Task<IResult> StartSuiteAsync(
        string suite,
        string? spec,
        StartBody body,
        DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        var runs = new List<StartedDataset>();
        await foreach (var name in datasets.InFolderAsync(suite, cancellationToken))
        {
            var start = new StartRequest(name, spec, body.Attempt, "http") { Context = body.Context };
            switch (await starter.StartAsync(start, durable, cancellationToken))
            {
                case StartResult.Accepted accepted:
                    runs.Add(
                        new StartedDataset(name)
                        {
                            RunId = accepted.RunId,
                            New = accepted.New,
                            Url = UrlOf(accepted.RunId),
                            ContextKept = accepted.ContextKept,
                        }
                    );
                    break;
                case StartResult.Refused refused:
                    runs.Add(new StartedDataset(name) { Code = refused.Failure.Code, Detail = refused.Failure.Message });
                    break;
                case StartResult.NoDataset { Code: "invalid_name" } invalid:
                    runs.Add(new StartedDataset(name) { Code = invalid.Code, Detail = invalid.Message });
                    break;
            }
        }

        return runs.Count > 0
            ? Results.Accepted(value: new StartedSuite(suite, runs))
            : Problems.NotFound("suite_not_found", $"There is no dataset in datasets/{suite}/. Upload some, or check the name.");
    }

    private static IResult Accepted(StartResult.Accepted accepted)
    {
        var view = new StartedRun(accepted.RunId, accepted.New, UrlOf(accepted.RunId)) { ContextKept = accepted.ContextKept };
        return accepted.New ? Results.Accepted(view.Url, view) : Results.Ok(view);
    }

    private static string UrlOf(string runId) => $"/api/evaluations/{runId}";

    private sealed record StartBody
    {
        public string? Dataset { get; init; }

        public string? Suite { get; init; }

        public JsonElement Spec { get; init; }

        public int Attempt { get; init; }

        public string? Context { get; init; }
    }
}
