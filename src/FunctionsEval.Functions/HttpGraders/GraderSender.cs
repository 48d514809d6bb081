using System.Globalization;
using System.Text;
using System.Text.Json;
using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.Webhooks;

namespace FunctionsEval.Functions.HttpGraders;

/// <summary>Sends signed requests to one HTTP grader, and reads its replies.</summary>
/// <param name="name">The grader's name.</param>
/// <param name="target">Where it is.</param>
/// <param name="transport">The connections.</param>
/// <param name="time">The clock.</param>
internal sealed class GraderSender(string name, HttpGraderTarget target, ModelTransport transport, TimeProvider time)
{
    /// <summary>Bytes of a reply that are read, beside those for each answer.</summary>
    private const int BaseReplyBytes = 64 * 1024;
    private const int ReplyBytesPerAnswer = 16 * 1024;

    private readonly WebhookSignature _signature =
        WebhookSignature.TryCreate(target.Secret ?? "") ?? throw new ArgumentException("The secret is no secret.", nameof(target));

    private string Setting => $"{HttpGraderOptions.Section}__Http__{name}__";

    /// <summary>Sends a request once.</summary>
    /// <param name="id">The request's id, the same in each attempt.</param>
    /// <param name="batch">The answers.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    public async Task<GraderReply> SendAsync(string id, IReadOnlyList<WaitingAnswer> batch, CancellationToken cancellationToken)
    {
        using var message = SignedRequest.Create(target.Url!, _signature, id, time.GetUtcNow(), BodyOf(batch));
        using var timeout = new CancellationTokenSource(target.Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var response = await transport.Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, stop.Token);
            return response.IsSuccessStatusCode
                ? await ReadAsync(response, BaseReplyBytes + (batch.Count * ReplyBytesPerAnswer), stop.Token)
                : FailureOf(response);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new GraderReply.Transient($"timed_out: HTTP grader {name} gave no reply in time ({Setting}Timeout).");
        }
        catch (HttpRequestException)
        {
            return new GraderReply.Transient($"connection_failed: HTTP grader {name} cannot be reached. Check {Setting}Url.")
            {
                WasReached = false,
            };
        }
        catch (IOException)
        {
            return new GraderReply.Transient($"connection_broken: HTTP grader {name} closed the connection within its reply.");
        }
    }

    private static byte[] BodyOf(IReadOnlyList<WaitingAnswer> batch)
    {
        using var buffer = new MemoryStream();
        buffer.Write("{\"answers\":["u8);
        for (var place = 0; place < batch.Count; place++)
        {
            // The answer's own object, with its place in the request before its members.
            buffer.Write(
                Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{(place > 0 ? "," : "")}{{\"id\":\"{place}\","))
            );
            buffer.Write(batch[place].Body.Span[1..]);
        }

        buffer.Write("]}"u8);
        return buffer.ToArray();
    }

    private async Task<GraderReply> ReadAsync(HttpResponseMessage response, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            await using var body = new BodyStream(await response.Content.ReadAsStreamAsync(cancellationToken), maxBytes);
            using var document = JsonDocument.Parse(await ResponseBody.ReadAsync(body, cancellationToken));
            return ScoresOf(document.RootElement) is { } scores ? new GraderReply.Scored(scores) : Unreadable();
        }
        catch (Exception wrong) when (wrong is JsonException or BodyTooLargeException)
        {
            return Unreadable();
        }
    }

    private GraderReply.Transient Unreadable() =>
        new($"unreadable_reply: The reply of HTTP grader {name} is no JSON of the form {{\"scores\": [{{\"id\": …, \"score\": …}}]}}.");

    private static Dictionary<int, JsonElement>? ScoresOf(JsonElement reply)
    {
        if (reply.Get("scores") is not { ValueKind: JsonValueKind.Array } list)
        {
            return null;
        }

        var scores = new Dictionary<int, JsonElement>();
        foreach (var score in list.EnumerateArray())
        {
            if (
                score.Get("id") is not { } id
                || !int.TryParse(id.GetText(), NumberStyles.None, CultureInfo.InvariantCulture, out var place)
                || !scores.TryAdd(place, score.Clone())
            )
            {
                return null;
            }
        }

        return scores;
    }

    private GraderReply FailureOf(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        var said = string.Create(CultureInfo.InvariantCulture, $"HTTP grader {name} answered {status}.");
        return status switch
        {
            408 or 425 or 429 or >= 500 => new GraderReply.Transient($"{(status == 429 ? "throttled" : "server_error")}: {said}")
            {
                IsThrottled = status == 429,
                RetryAfter = response.Headers.RetryAfter is { } wait ? wait.Delta ?? wait.Date - time.GetUtcNow() : null,
            },
            401 or 403 => new GraderReply.Misconfigured(
                $"{said} Check {Setting}Secret, and whether the grader verifies the signature over webhook-id, webhook-timestamp and body."
            ),
            < 400 or 404 or 405 => new GraderReply.Misconfigured($"{said} Check {Setting}Url; redirects are not followed."),
            _ => new GraderReply.Refused($"refused: {said}"),
        };
    }
}
