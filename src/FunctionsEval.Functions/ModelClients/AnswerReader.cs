using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>
/// Reads the body of a response with status 200, in which anything may be missing. What was answered is an answer, were it empty: it is
/// paid.
/// </summary>
internal static class AnswerReader
{
    /// <summary>Reads an answer that came in one piece, from either API.</summary>
    /// <param name="root">The body's root.</param>
    /// <param name="model">The model, for the message when the body is a refusal.</param>
    /// <param name="maxOutputTokens">Tokens that were asked for at most.</param>
    /// <param name="answer">Takes what is read.</param>
    public static AttemptResult ReadAnswer(JsonElement root, ModelOptions model, int maxOutputTokens, PartialAnswer answer)
    {
        answer.AddEnvelope(root);
        if (root.Get("choices")?.First() is not { } choice)
        {
            return WithoutAnswer(root, model, answer, CallReasons.EmptyChoices);
        }

        var isAnything = answer.AddMessage(choice, choice.Get("message"));
        // Nothing at all, not even a reason: half an object rather than an empty answer.
        return isAnything || answer.FinishReason is not null || HasText(choice)
            ? answer.Result(maxOutputTokens)
            : answer.BreakOff(CallReasons.MissingContent);
    }

    /// <summary>Reads the vectors of embedded texts.</summary>
    /// <param name="root">The body's root.</param>
    /// <param name="model">The model, for the message when the body is a refusal.</param>
    /// <param name="count">How many texts were sent.</param>
    /// <param name="answer">Takes what is read.</param>
    public static AttemptResult ReadEmbeddings(JsonElement root, ModelOptions model, int count, PartialAnswer answer)
    {
        answer.AddEnvelope(root);
        var vectors = new float[count][];
        if (root.Get("data") is not { ValueKind: JsonValueKind.Array } data)
        {
            return WithoutAnswer(root, model, answer, CallReasons.EmptyChoices);
        }

        foreach (var item in data.EnumerateArray())
        {
            if (
                item.Get("index") is { ValueKind: JsonValueKind.Number } number
                && number.TryGetInt32(out var index)
                && index >= 0
                && index < count
                && item.Get("embedding") is { ValueKind: JsonValueKind.Array } vector
                && vector.EnumerateArray().All(value => value.GetFinite() is not null)
            )
            {
                vectors[index] = [.. vector.EnumerateArray().Select(value => value.GetSingle())];
            }
        }
        if (Array.Exists(vectors, vector => vector is null or { Length: 0 }))
        {
            return answer.BreakOff(CallReasons.MissingContent);
        }

        answer.FinishReason = "stop";
        answer.Embeddings = vectors;
        return answer.Result();
    }

    /// <summary>Reads a streamed answer (server-sent events), from either API.</summary>
    /// <param name="body">The response's body.</param>
    /// <param name="model">The model, for the message when an event is a refusal.</param>
    /// <param name="maxOutputTokens">Tokens that were asked for at most.</param>
    /// <param name="elapsed">Time since the request was sent.</param>
    /// <param name="answer">Takes what is read.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <exception cref="JsonException">An event is not JSON.</exception>
    /// <exception cref="BodyTooLargeException">The stream or a line of it is longer than allowed.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<AttemptResult> ReadStreamAsync(
        BodyStream body,
        ModelOptions model,
        int maxOutputTokens,
        Func<TimeSpan> elapsed,
        PartialAnswer answer,
        CancellationToken cancellationToken
    )
    {
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
            var root = document.RootElement;
            if (EndpointError.IsIn(root))
            {
                return WithoutAnswer(root, model, answer, CallReasons.ErrorInBody);
            }

            answer.AddEnvelope(root);
            // Events without a choice carry the usage, or Azure's annotations of the prompt.
            if (root.Get("choices")?.First() is not { } choice)
            {
                continue;
            }

            any |= choice.ValueKind == JsonValueKind.Object;
            if (answer.AddMessage(choice, choice.Get("delta") ?? choice.Get("message")))
            {
                answer.TimeToFirstToken ??= elapsed();
            }
        }
        if (!any)
        {
            return answer.BreakOff(CallReasons.EmptyChoices);
        }
        // A stream that ends without saying that it has is a connection closed half way: the text may lack its second half.
        return isDone || answer.FinishReason is not null ? answer.Result(maxOutputTokens) : answer.BreakOff(CallReasons.BrokenStream);
    }

    /// <summary>What a body without an answer comes to: what the error in it says, if there is one.</summary>
    public static AttemptResult WithoutAnswer(JsonElement root, ModelOptions model, PartialAnswer answer, string reason)
    {
        if (!EndpointError.IsIn(root))
        {
            return answer.BreakOff(reason);
        }

        return RefusalReader.Classify(EndpointError.Read(200, root), model, retryAfter: null) switch
        {
            AttemptResult.Transient fault when answer.BreakOff(fault.Reason) is var seen => fault with
            {
                Fault = fault.Fault == TransientFault.Broken ? seen.Fault : fault.Fault,
                InputTokens = seen.InputTokens,
                OutputTokens = seen.OutputTokens,
            },
            var refused => refused,
        };
    }

    private static bool HasText(JsonElement choice) => choice.Get("text") is not null || choice.Get("message")?.Get("content") is not null;
}
