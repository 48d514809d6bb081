using System.Text.Json;
using System.Text.Json.Serialization;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>Responses, by the same models as chat completions.</summary>
internal sealed partial class ResponsesRoute(SampleModelCatalog models)
{
    public async Task AnswerAsync(HttpContext context, bool isDated)
    {
        if (isDated && !context.Request.Query.ContainsKey("api-version"))
        {
            await OpenAiExchange.WriteErrorAsync(context, OpenAiError.MissingApiVersion());
            return;
        }

        var (received, error) = await OpenAiExchange.ReadAsync(context, RequestJson.Default.ResponsesRequest, deployment: null, models);
        error ??= RequestChecks.Check(received!.Request);
        if (error is not null)
        {
            await OpenAiExchange.WriteErrorAsync(context, error);
            return;
        }

        var chat = new ReceivedRequest<ChatRequest>(received!.Request.ToChat()!, received.Model, received.Hash);
        var answer = ChatAnswer.CallsOf(chat) is { } calls
            ? ResponsesAnswer.From(chat, calls)
            : ResponsesAnswer.From(chat, ChatAnswer.GenerationOf(chat));
        await (
            received.Request.Stream == true
                ? WriteStreamAsync(context, answer)
                : OpenAiExchange.WriteAsync(context, answer.Whole(), AnswerJson.Default.ResponseObject)
        );
    }

    /// <summary>Writes events with their names; no marker follows the last one.</summary>
    private static async Task WriteStreamAsync(HttpContext context, ResponsesAnswer answer)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        foreach (var item in answer.Events())
        {
            var data = JsonSerializer.Serialize(item, AnswerJson.Default.ResponseEvent);
            await context.Response.WriteAsync($"event: {item.Type}\ndata: {data}\n\n", context.RequestAborted);
        }
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(ResponsesRequest))]
    private sealed partial class RequestJson : JsonSerializerContext;

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
    )]
    [JsonSerializable(typeof(ResponseObject))]
    [JsonSerializable(typeof(ResponseEvent))]
    private sealed partial class AnswerJson : JsonSerializerContext;
}
