namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>Chat completions.</summary>
internal sealed class ChatRoute(SampleModelCatalog models)
{
    public async Task AnswerAsync(HttpContext context, string? deployment)
    {
        var (received, error) = await OpenAiExchange.ReadAsync(context, OpenAiJson.Default.ChatRequest, deployment, models);
        error ??= RequestChecks.Check(received!.Request);
        if (error is not null)
        {
            await OpenAiExchange.WriteErrorAsync(context, error);
            return;
        }

        if (ChatAnswer.CallsOf(received!) is { } calls)
        {
            await new ToolCallAnswer(received!, calls).WriteAsync(context);
            return;
        }

        var answer = new Answer(received!, ChatAnswer.GenerationOf(received!));
        await (
            received!.Request.Stream == true
                ? OpenAiExchange.WriteStreamAsync(context, answer.Chunks(), OpenAiJson.Default.ChatChunk)
                : OpenAiExchange.WriteAsync(context, answer.Whole(), OpenAiJson.Default.ChatResponse)
        );
    }

    /// <summary>What a model generated for a request.</summary>
    private sealed class Answer(ReceivedRequest<ChatRequest> received, Generation generation)
    {
        private readonly ChatRequest _request = received.Request;
        private readonly string _id = $"chatcmpl-{received.Hash}";
        private readonly Usage _usage = ChatAnswer.UsageOf(received.Request, generation.Tokens.Count);

        public ChatResponse Whole()
        {
            var message = new ChatMessage("assistant", generation.Text, Refusal: null);
            var choice = new ChatChoice(0, message, LogprobsOf(generation.Tokens), generation.FinishReason);
            return new ChatResponse(_id, "chat.completion", OpenAiEndpoint.Created, received.Model.Id, [choice], _usage);
        }

        public IEnumerable<ChatChunk> Chunks()
        {
            yield return Chunk(new ChatDelta("assistant", ""), logprobs: null, finishReason: null);
            foreach (var token in generation.Tokens)
            {
                yield return Chunk(new ChatDelta(Role: null, token.Text), LogprobsOf([token]), finishReason: null);
            }

            yield return Chunk(new ChatDelta(Role: null, Content: null), logprobs: null, generation.FinishReason);
            if (_request.StreamOptions?.IncludeUsage == true)
            {
                yield return new ChatChunk(_id, "chat.completion.chunk", OpenAiEndpoint.Created, received.Model.Id, [], _usage);
            }
        }

        private ChatChunk Chunk(ChatDelta delta, ChatLogprobs? logprobs, string? finishReason) =>
            new(
                _id,
                "chat.completion.chunk",
                OpenAiEndpoint.Created,
                received.Model.Id,
                [new ChatChunkChoice(0, delta, logprobs, finishReason)],
                Usage: null
            );

        private ChatLogprobs? LogprobsOf(IReadOnlyList<SampleToken> tokens) => ChatAnswer.LogprobsOf(_request, tokens);
    }
}
