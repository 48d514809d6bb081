using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Transport;

namespace FunctionsEval.Functions.ModelClients.Answers;

/// <summary>Reads a streamed answer (server-sent events). Even an empty answer counts, because it is paid for.</summary>
internal static class AnswerStream
{
    /// <summary>Reads a stream to its end.</summary>
    /// <param name="body">The response's body.</param>
    /// <param name="exchange">What was asked, and what takes the answer.</param>
    /// <param name="elapsed">Time since the request was sent.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <exception cref="JsonException">An event is not JSON.</exception>
    /// <exception cref="BodyTooLargeException">The stream or a line of it is longer than allowed.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<AttemptResult> ReadAsync(
        BodyStream body,
        ModelExchange exchange,
        Func<TimeSpan> elapsed,
        CancellationToken cancellationToken
    )
    {
        var (model, request, answer) = exchange;
        bool any = false,
            isDone = false;
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancellationToken))
        {
            body.Keep(answer.KeptBytes);
            if (item.Data == "[DONE]")
            {
                isDone = true;
                break;
            }

            // Some servers keep the connection alive by events without data.
            if (string.IsNullOrWhiteSpace(item.Data))
            {
                continue;
            }

            using var document = ResponseBody.Parse(Encoding.UTF8.GetBytes(item.Data));
            if (model.Api.FindError(document.RootElement) is { } error)
            {
                return RefusalReader.InsteadOfAnswer(error, exchange);
            }

            var read = model.Api.ReadEvent(document.RootElement, answer);
            any |= read != StreamEvent.Envelope;
            if (read == StreamEvent.Content)
            {
                answer.TimeToFirstToken ??= elapsed();
            }
            else if (read == StreamEvent.End)
            {
                break;
            }
        }

        if (!any)
        {
            return answer.BreakOff(CallReasons.EmptyChoices);
        }

        // A stream without its end marker is a connection that closed early: the text may be incomplete.
        return (isDone && model.Api.EndsByMarker) || answer.FinishReason is not null
            ? answer.Result(request.Sampling.MaxOutputTokens)
            : answer.BreakOff(CallReasons.BrokenStream);
    }
}
