using System.Text.Json;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using FunctionsEval.Functions.Triggers.Http;
using FunctionsEval.Functions.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Triggers.Events;

/// <summary>
/// <c>POST /api/webhooks/openai</c>: the signed event of a fine-tuning job that ended. Needs no function key: the signature is the key. Of
/// the event only the job's id is used.
/// </summary>
internal sealed class OpenAIWebhook(
    FineTuningJobs jobs,
    EventTable events,
    RefusalLog refusals,
    IOptions<FineTuningOptions> options,
    TimeProvider time,
    ILogger<OpenAIWebhook> logger
)
{
    private const string JobEventPrefix = "fine_tuning.job.";

    [Function(nameof(OpenAIWebhook))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/webhooks/openai")] HttpRequest request,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        if (options.Value.WebhookSecret is not { } secret)
        {
            return Refuse("FineTuning__WebhookSecret is not set; set it to the secret that the sender shows (whsec_…).");
        }

        if (await EventBody.ReadAsync(request, cancellationToken) is not { } body)
        {
            return Problems.TooLarge($"An event has at most {EventBody.MaxBytes} bytes.");
        }

        string? id = request.Headers[WebhookSignature.IdHeader];
        var isValid = WebhookSignature
            .TryCreate(secret)!
            .IsValid(
                id,
                request.Headers[WebhookSignature.TimestampHeader],
                request.Headers[WebhookSignature.SignatureHeader],
                body.Span,
                time.GetUtcNow()
            );
        if (!isValid)
        {
            return Refuse(
                "its signature is missing, wrong or older than five minutes. "
                    + "Check the secret (FineTuning__WebhookSecret) and the sender's clock."
            );
        }

        if (await events.IsKnownMessageAsync(id!, cancellationToken))
        {
            return Results.Ok(new { Known = true });
        }

        if (!JobEvent.TryRead(body.Span, out var received))
        {
            return Problems.BadRequest("invalid_body", "The body is not an event in JSON.");
        }

        if (received?.Type?.StartsWith(JobEventPrefix, StringComparison.Ordinal) != true)
        {
            logger.EventIgnored(EventBody.NameOf(received?.Type));
            return Results.Accepted(value: new { Ignored = true });
        }

        if (!FineTuningJobs.IsJobId(received.Data?.Id))
        {
            return Problems.BadRequest("invalid_body", "data.id: must be the fine-tuning job's id.");
        }

        await jobs.StartAsync(received.Data!.Id!, "webhook", durable, cancellationToken);
        await events.RememberMessageAsync(id!, time.GetUtcNow(), cancellationToken);
        return Results.Accepted(value: new { JobId = received.Data.Id });
    }

    private IResult Refuse(string reason)
    {
        refusals.Add(reason);
        return Problems.Unauthorized("invalid_signature", $"The delivery was refused: {reason}");
    }

    /// <summary>What is read of an event.</summary>
    internal sealed record JobEvent(string? Type, JobReference? Data)
    {
        /// <summary>False for a body that is no JSON, or has something else than texts where the type and the id are.</summary>
        public static bool TryRead(ReadOnlySpan<byte> body, out JobEvent? read)
        {
            try
            {
                read = JsonSerializer.Deserialize<JobEvent>(body, JsonSerializerOptions.Web);
                return true;
            }
            catch (JsonException)
            {
                read = null;
                return false;
            }
        }
    }

    internal sealed record JobReference(string? Id);
}
