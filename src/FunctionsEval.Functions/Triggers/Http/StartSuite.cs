using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Triggers.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary><c>POST /api/suites</c>: evaluates the datasets of a suite, for one verdict.</summary>
internal sealed class StartSuite(SuiteStarter starter)
{
    [Function(nameof(StartSuite))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/suites")] HttpRequest request,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        if (await EventBody.ReadAsync(request, cancellationToken) is not { } bytes)
        {
            return Problems.TooLarge($"A start request has at most {EventBody.MaxBytes} bytes.");
        }

        if (ReadBody(bytes, out var body) is { } unreadable)
        {
            return unreadable;
        }

        var start = new SuiteStart(body!.Suite!.Trim('/'), "http")
        {
            Attempt = body.Attempt,
            Context = body.Context,
            Overrides = new SpecOverrides { Model = body.Model, Baseline = body.Baseline },
        };
        return await starter.StartAsync(start, durable, cancellationToken) switch
        {
            SuiteStartResult.Accepted accepted => Accepted(accepted),
            SuiteStartResult.NotFound missing => Problems.NotFound(missing.Failure.Code, missing.Failure.Message),
            SuiteStartResult.Refused refused => Problems.BadRequest(refused.Failure.Code, refused.Failure.Message),
            var other => throw new InvalidOperationException($"Unknown result: {other.GetType().Name}."),
        };
    }

    private static IResult? ReadBody(ReadOnlyMemory<byte> bytes, out StartBody? body)
    {
        if (RequestJson.Read(bytes, RequestJson.HandWritten, out body) is { } unreadable)
        {
            return Problems.BadRequest(
                "invalid_body",
                $"The body is not a start request ({unreadable}). "
                    + """Send {"suite": "folder"}, and optionally "attempt" (a number), "model" and "baseline" (names of configured models), and "context" (a text)."""
            );
        }

        return string.IsNullOrWhiteSpace(body!.Suite)
                ? Problems.BadRequest("invalid_body", "suite: name a folder of the datasets container.")
            : body.Attempt < 0 ? Problems.BadRequest("invalid_body", "attempt: must be 0 or more.")
            : body.Model is "" || body.Baseline is ""
                ? Problems.BadRequest("invalid_body", "model, baseline: name a configured model, or leave it out.")
            : CallerContexts.FindProblem(body.Context) is { } unusable ? Problems.BadRequest("invalid_body", unusable)
            : BlobNames.FindProblem(body.Suite.Trim('/')) is { } problem
                ? Problems.BadRequest(
                    "invalid_name",
                    $"suite: its name {problem}. Name a folder of the datasets container, such as support/tickets."
                )
            : null;
    }

    private static IResult Accepted(SuiteStartResult.Accepted accepted)
    {
        var view = new StartedSuiteRun(accepted.SuiteRunId, accepted.New, $"/api/suites/{accepted.SuiteRunId}")
        {
            ContextKept = accepted.ContextKept,
        };
        return accepted.New ? Results.Accepted(view.Url, view) : Results.Ok(view);
    }

    private sealed record StartBody
    {
        public string? Suite { get; init; }

        public int Attempt { get; init; }

        public string? Model { get; init; }

        public string? Baseline { get; init; }

        public string? Context { get; init; }
    }
}
