using System.Text.Json;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients.Refusals;

namespace FunctionsEval.Functions.ModelClients.Protocols.Responses;

/// <summary><c>responses</c>: a conversation is answered by a list of items. Nothing is stored at the endpoint.</summary>
/// <remarks>Source: OpenAI's API description (openai-openapi), the schemas CreateResponse, Response and ResponseStreamEvent.</remarks>
internal sealed class ResponsesProtocol : AnsweringProtocol
{
    // The last events repeat what came before: the part, the item and the response, each with text and log probabilities.
    private const int BytesPerToken = 2 * 1024;
    private const int BytesPerTokenWithTop = 24 * 1024;

    // The response is in the first two events and the last one, with the tools and the schema of the request, six bytes a character at
    // most.
    private const int BytesPerRepeatedCharacter = 3 * 6;

    /// <inheritdoc/>
    public override string Name => "Responses";

    /// <inheritdoc/>
    public override string Route => "responses";

    /// <inheritdoc/>
    public override string Operation => "chat";

    /// <inheritdoc/>
    public override bool NamesModelInBody => true;

    /// <inheritdoc/>
    public override string InsteadAdvice => $"Set it to {ModelProtocols.Chat}, or name another deployment.";

    /// <summary>The order decides which parameter is changed first when two are refused in the same way.</summary>
    public override IReadOnlyList<RequestParameter> Parameters =>
        field ??= [
            new("max_output_tokens", (_, _) => true) { SpecField = MaxTokensField },
            SamplingParameters.Temperature,
            SamplingParameters.TopP,
            SamplingParameters.Seed,
            SamplingParameters.Stop,
            new("top_logprobs", (request, _) => request.TopLogProbabilities) { Quirk = Quirks.FewTopLogProbabilities },
            new("top_logprobs", (_, _) => true) { Quirk = Quirks.NoLogProbabilities },
            new("include", (request, _) => WantsLogProbabilities(request)) { Quirk = Quirks.NoLogProbabilities },
            new("logprobs", (request, _) => WantsLogProbabilities(request)) { Quirk = Quirks.NoLogProbabilities, IsLeftOut = true },
            SamplingParameters.Stream,
            SamplingParameters.ReasoningSummary,
            .. ResponsesParameters.All,
        ];

    /// <summary>It has neither seed nor stop texts nor names of turns, and its streams always give the usage.</summary>
    /// <inheritdoc/>
    public override Quirks Lacks => Quirks.NoSeed | Quirks.NoStop | Quirks.NoNames | Quirks.NoStreamOptions;

    /// <inheritdoc/>
    public override bool EndsByMarker => false;

    /// <inheritdoc/>
    public override string? FindProblem(ModelOptions model, ModelRequest request) => FindImageProblem(model, request);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter json, ModelRequest request, Quirks sent)
    {
        InputWriter.Write(json, request, sent);
        json.WriteBoolean("store", false);
        json.WriteNumber("max_output_tokens", request.Sampling.MaxOutputTokens);
        if (WantsLogProbabilities(request) && !sent.HasFlag(Quirks.NoLogProbabilities))
        {
            json.WriteStartArray("include");
            json.WriteStringValue("message.output_text.logprobs");
            json.WriteEndArray();
            if (request.TopLogProbabilities)
            {
                json.WriteNumber("top_logprobs", TopCount(sent));
            }
        }

        WriteText(json, request);
        WriteReasoning(json, request.Sampling, sent);
        WriteParameters(json, request, sent);
    }

    /// <inheritdoc/>
    public override long MaxAnswerBytes(ModelRequest request) =>
        ((long)request.Sampling.MaxOutputTokens * (request.TopLogProbabilities ? BytesPerTokenWithTop : BytesPerToken))
        + (RequestTexts.Beside(request).Sum(text => (long)text.Length) * BytesPerRepeatedCharacter);

    /// <summary>The last event has the whole answer.</summary>
    /// <inheritdoc/>
    public override long MaxEventBytes(ModelRequest request) => long.MaxValue;

    /// <inheritdoc/>
    public override JsonElement? FindError(JsonElement root) =>
        root.Get("type")?.GetText() switch
        {
            "error" => root,
            "response.failed" => root.Get("response") is { } response && EndpointErrorReader.IsIn(response)
                ? response
                : base.FindError(root),
            _ => base.FindError(root),
        };

    /// <inheritdoc/>
    public override AttemptResult Read(JsonElement root, ModelExchange exchange)
    {
        var answer = exchange.Answer;
        EnvelopeReader.Read(root, answer);
        if (FindError(root) is not null || (root.Get("output") is null && root.Get("status") is null))
        {
            return RefusalReader.WithoutAnswer(root, exchange, CallReasons.EmptyChoices);
        }

        var finish = ResponseStatus.FinishOf(root, ended: null);
        if (root.Get("output") is not { ValueKind: JsonValueKind.Array } output && FinishReasons.KindOf(finish) == FinishKind.Whole)
        {
            return answer.BreakOff(CallReasons.MissingContent);
        }

        new OutputItems().SetAll(root.Get("output")).AddTo(answer);
        answer.FinishReason = finish;
        return answer.Result(exchange.Request.Sampling.MaxOutputTokens);
    }

    /// <inheritdoc/>
    public override StreamEvent ReadEvent(JsonElement root, PartialAnswer answer)
    {
        if (root.Get("type")?.GetText() is not { } type || !type.StartsWith("response.", StringComparison.Ordinal))
        {
            return StreamEvent.Envelope;
        }

        if (root.Get("response") is { } response)
        {
            EnvelopeReader.Read(response, answer);
        }

        switch (type)
        {
            case "response.completed" or "response.incomplete" or "response.cancelled" or "response.done":
                new OutputItems().SetAll(root.Get("response")?.Get("output")).AddTo(answer, answer.Items);
                answer.FinishReason = ResponseStatus.FinishOf(root.Get("response") ?? root, type["response.".Length..]);
                return StreamEvent.End;
            case "response.failed":
                // Azure says why in an event after it.
                answer.FinishReason = "failed";
                return StreamEvent.Silence;
            default:
                if (!answer.Items.Read(type, root))
                {
                    return StreamEvent.Silence;
                }

                answer.CountPiece();
                return StreamEvent.Content;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> LeftOut(ModelRequest request, Quirks sent) =>
        [.. base.LeftOut(request, sent), .. RequestMessages.LeftOut(request, sent)];

    /// <inheritdoc/>
    protected override Quirks AdaptMessages(EndpointError error, ModelRequest request, Quirks sent) =>
        RequestMessages.Adapt(error, request, sent);

    private static void WriteText(Utf8JsonWriter json, ModelRequest request)
    {
        if (request is { ResponseFormat: null, Sampling.Verbosity: null })
        {
            return;
        }

        json.WriteStartObject("text");
        if (request.ResponseFormat is { } format)
        {
            ResponsesParameters.WriteFormat(json, format);
        }

        if (request.Sampling.Verbosity is { } verbosity)
        {
            json.WriteString("verbosity", SamplingNames.NameOf(verbosity));
        }

        json.WriteEndObject();
    }

    private static void WriteReasoning(Utf8JsonWriter json, SamplingSpec sampling, Quirks sent)
    {
        var summary = sent.HasFlag(Quirks.NoReasoningSummary) ? null : sampling.ReasoningSummary;
        if (sampling.ReasoningEffort is null && summary is null)
        {
            return;
        }

        json.WriteStartObject("reasoning");
        if (sampling.ReasoningEffort is { } effort)
        {
            json.WriteString("effort", SamplingNames.NameOf(effort));
        }

        if (summary is { } asked)
        {
            json.WriteString("summary", SamplingNames.NameOf(asked));
        }

        json.WriteEndObject();
    }
}
