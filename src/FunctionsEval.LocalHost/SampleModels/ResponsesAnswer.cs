namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>An answer of <c>/v1/responses</c>: a message or calls of tools, whole or as a stream of events.</summary>
internal sealed class ResponsesAnswer
{
    private const int PieceLength = 12;
    private const string Completed = "completed";

    private readonly ReceivedRequest<ChatRequest> _received;
    private readonly IReadOnlyList<ResponseItem> _items;
    private readonly IReadOnlyList<SampleToken> _tokens;
    private readonly ResponseUsage _usage;
    private readonly bool _isCut;

    private ResponsesAnswer(
        ReceivedRequest<ChatRequest> received,
        IReadOnlyList<ResponseItem> items,
        IReadOnlyList<SampleToken> tokens,
        int outputTokens,
        bool isCut
    )
    {
        (_received, _items, _tokens, _isCut) = (received, items, tokens, isCut);
        _usage = ResponseUsage.From(ChatAnswer.UsageOf(received.Request, outputTokens));
    }

    /// <summary>The answer of a text.</summary>
    public static ResponsesAnswer From(ReceivedRequest<ChatRequest> received, Generation generation)
    {
        var isCut = generation.FinishReason == Generation.Length;
        var item = new ResponseItem("message", $"msg_{received.Hash}", isCut ? "incomplete" : Completed)
        {
            Role = "assistant",
            Content = [TextPart(generation.Text, ChatAnswer.LogprobsOf(received.Request, generation.Tokens)?.Content ?? [])],
        };
        return new ResponsesAnswer(received, [item], generation.Tokens, generation.Tokens.Count, isCut);
    }

    /// <summary>The answer of calls.</summary>
    public static ResponsesAnswer From(ReceivedRequest<ChatRequest> received, IReadOnlyList<SampleCall> calls) =>
        new(
            received,
            [
                .. calls.Select(
                    (call, index) =>
                        new ResponseItem("function_call", $"fc_{received.Hash}_{index}", Completed)
                        {
                            CallId = $"call_{received.Hash[..12]}_{index}",
                            Name = call.Name,
                            Arguments = call.Arguments,
                        }
                ),
            ],
            [],
            ToolCallAnswer.CountTokens(calls),
            isCut: false
        );

    /// <summary>The whole response.</summary>
    public ResponseObject Whole() =>
        Response(_isCut ? "incomplete" : Completed, _items, _usage) with
        {
            IncompleteDetails = _isCut ? new ResponseIncomplete("max_output_tokens") : null,
        };

    /// <summary>The response as a stream.</summary>
    public IEnumerable<ResponseEvent> Events() => Unnumbered().Select((item, number) => item with { SequenceNumber = number });

    private IEnumerable<ResponseEvent> Unnumbered()
    {
        var begun = Response("in_progress", [], usage: null);
        yield return new ResponseEvent("response.created") { Response = begun };
        yield return new ResponseEvent("response.in_progress") { Response = begun };
        foreach (var (index, item) in _items.Index())
        {
            foreach (var step in item.Content is null ? CallEvents(item) : TextEvents(item))
            {
                yield return step with
                {
                    OutputIndex = index,
                    ItemId = step.Item is null ? item.Id : null,
                };
            }
        }

        var whole = Whole();
        yield return new ResponseEvent($"response.{whole.Status}") { Response = whole };
    }

    private IEnumerable<ResponseEvent> TextEvents(ResponseItem item)
    {
        var part = item.Content![0];
        yield return new ResponseEvent("response.output_item.added") { Item = item with { Status = "in_progress", Content = [] } };
        yield return new ResponseEvent("response.content_part.added") { ContentIndex = 0, Part = TextPart("", []) };
        foreach (var token in _tokens)
        {
            yield return new ResponseEvent("response.output_text.delta")
            {
                ContentIndex = 0,
                Delta = token.Text,
                Logprobs = ChatAnswer.LogprobsOf(_received.Request, [token])?.Content ?? [],
            };
        }

        yield return new ResponseEvent("response.output_text.done")
        {
            ContentIndex = 0,
            Text = part.Text,
            Logprobs = part.Logprobs,
        };
        yield return new ResponseEvent("response.content_part.done") { ContentIndex = 0, Part = part };
        yield return new ResponseEvent("response.output_item.done") { Item = item };
    }

    private static IEnumerable<ResponseEvent> CallEvents(ResponseItem item)
    {
        yield return new ResponseEvent("response.output_item.added") { Item = item with { Status = "in_progress", Arguments = "" } };
        foreach (var piece in item.Arguments!.Chunk(PieceLength))
        {
            yield return new ResponseEvent("response.function_call_arguments.delta") { Delta = new string(piece) };
        }

        yield return new ResponseEvent("response.function_call_arguments.done") { Name = item.Name, Arguments = item.Arguments };
        yield return new ResponseEvent("response.output_item.done") { Item = item };
    }

    private ResponseObject Response(string status, IReadOnlyList<ResponseItem> output, ResponseUsage? usage) =>
        new(
            $"resp_{_received.Hash}",
            "response",
            OpenAiEndpoint.Created,
            status,
            _received.Model.Id,
            output,
            Store: false,
            IncompleteDetails: null,
            Error: null,
            usage
        );

    private static ResponsePart TextPart(string text, IReadOnlyList<ChatTokenLogprob> logprobs) => new("output_text", text, [], logprobs);
}
