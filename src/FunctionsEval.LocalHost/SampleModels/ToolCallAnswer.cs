namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>An answer that calls tools, whole or as a stream in which each call's arguments come in pieces.</summary>
internal sealed class ToolCallAnswer(ReceivedRequest<ChatRequest> received, IReadOnlyList<SampleCall> calls)
{
    private const string FinishReason = "tool_calls";
    private const int PieceLength = 12;

    private readonly string _id = $"chatcmpl-{received.Hash}";
    private readonly Usage _usage = ChatAnswer.UsageOf(received.Request, CountTokens(calls));

    /// <summary>The tokens of calls.</summary>
    public static int CountTokens(IReadOnlyList<SampleCall> calls) =>
        calls.Sum(call => TextTokenizer.Count(call.Name) + TextTokenizer.Count(call.Arguments));

    /// <summary>Writes the answer as the request asks for it.</summary>
    public Task WriteAsync(HttpContext context) =>
        received.Request.Stream == true
            ? OpenAiExchange.WriteStreamAsync(context, Chunks(), OpenAiJson.Default.ChatChunk)
            : OpenAiExchange.WriteAsync(context, Whole(), OpenAiJson.Default.ChatResponse);

    private ChatResponse Whole()
    {
        var message = new ChatMessage(
            "assistant",
            Content: null,
            Refusal: null,
            [.. calls.Select((call, index) => new ChatToolCall(IdOf(index), "function", new ChatFunctionCall(call.Name, call.Arguments)))]
        );
        var choice = new ChatChoice(0, message, Logprobs: null, FinishReason);
        return new ChatResponse(_id, "chat.completion", OpenAiEndpoint.Created, received.Model.Id, [choice], _usage);
    }

    private IEnumerable<ChatChunk> Chunks()
    {
        yield return Chunk(new ChatDelta("assistant", Content: null), finishReason: null);
        foreach (var (index, call) in calls.Index())
        {
            yield return Chunk(
                Delta(new ChatToolCall(IdOf(index), "function", new ChatFunctionCall(call.Name, ""), index)),
                finishReason: null
            );
            foreach (var piece in call.Arguments.Chunk(PieceLength))
            {
                var arguments = new ChatFunctionCall(Name: null, new string(piece));
                yield return Chunk(Delta(new ChatToolCall(Id: null, Type: null, arguments, index)), finishReason: null);
            }
        }

        yield return Chunk(new ChatDelta(Role: null, Content: null), FinishReason);
        if (received.Request.StreamOptions?.IncludeUsage == true)
        {
            yield return new ChatChunk(_id, "chat.completion.chunk", OpenAiEndpoint.Created, received.Model.Id, [], _usage);
        }
    }

    private static ChatDelta Delta(ChatToolCall call) => new(Role: null, Content: null, [call]);

    private ChatChunk Chunk(ChatDelta delta, string? finishReason) =>
        new(
            _id,
            "chat.completion.chunk",
            OpenAiEndpoint.Created,
            received.Model.Id,
            [new ChatChunkChoice(0, delta, Logprobs: null, finishReason)],
            Usage: null
        );

    private string IdOf(int index) => $"call_{received.Hash[..12]}_{index}";
}
