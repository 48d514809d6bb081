using System.Text.Json;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients.Refusals;

namespace FunctionsEval.Functions.ModelClients.Protocols.Choices;

/// <summary>
/// What <c>chat/completions</c> and <c>completions</c> have in common: sampling parameters, and an answer that is the first of
/// <c>choices</c>.
/// </summary>
internal abstract class ChoicesProtocol : ModelProtocol
{
    // A streamed token has an event of its own; with log probabilities and the token's bytes that is about 600 bytes.
    private const int BytesPerToken = 1024;

    // Twenty top log probabilities of about 150 bytes each come on top.
    private const int BytesPerTokenWithTop = 6 * 1024;

    // What OpenAI's completions API and older chat APIs allow; others allow as many as the chat API.
    private const int FewTop = 5;

    /// <summary>The order decides which parameter is changed first when two are refused in the same way.</summary>
    public sealed override IReadOnlyList<RequestParameter> Parameters =>
        field ??= [
            new("max_tokens", (_, _) => true) { Quirk = MaxTokensQuirk, SpecField = MaxTokensField },
            new("max_completion_tokens", (_, _) => true) { SpecField = MaxTokensField },
            SamplingParameters.Temperature,
            SamplingParameters.TopP,
            SamplingParameters.Seed,
            SamplingParameters.Stop,
            new(TopName, (request, _) => request.TopLogProbabilities) { Quirk = Quirks.FewTopLogProbabilities },
            new("top_logprobs", (_, _) => true) { Quirk = Quirks.NoLogProbabilities },
            new("logprobs", (request, _) => WantsLogProbabilities(request)) { Quirk = Quirks.NoLogProbabilities, IsLeftOut = true },
            SamplingParameters.StreamOptions,
            SamplingParameters.Stream,
            .. OwnParameters,
        ];

    /// <summary>The quirk to set when <c>max_tokens</c> is refused.</summary>
    protected virtual Quirks MaxTokensQuirk => Quirks.None;

    /// <summary>The parameters that the other API does not have.</summary>
    protected virtual IReadOnlyList<RequestParameter> OwnParameters => [];

    /// <summary>Name of the parameter that says how many top log probabilities are wanted.</summary>
    protected abstract string TopName { get; }

    /// <inheritdoc/>
    public override int MaxAnswerTokens(ModelRequest request) => request.Sampling.MaxOutputTokens;

    /// <inheritdoc/>
    public override long MaxAnswerBytes(ModelRequest request) =>
        (long)request.Sampling.MaxOutputTokens * (request.TopLogProbabilities ? BytesPerTokenWithTop : BytesPerToken);

    /// <inheritdoc/>
    public override bool MayStream(ModelRequest request) => true;

    /// <inheritdoc/>
    public override AttemptResult Read(JsonElement root, ModelExchange exchange)
    {
        var answer = exchange.Answer;
        EnvelopeReader.Read(root, answer);
        if (root.Get("choices")?.First() is not { } choice)
        {
            return RefusalReader.WithoutAnswer(root, exchange, CallReasons.EmptyChoices);
        }

        var isAnything = ChoiceReader.Read(choice, choice.Get("message"), answer);
        // Nothing at all, not even a finish reason: the object is incomplete rather than an empty answer.
        return isAnything || answer.FinishReason is not null || ChoiceReader.HasText(choice)
            ? answer.Result(exchange.Request.Sampling.MaxOutputTokens)
            : answer.BreakOff(CallReasons.MissingContent);
    }

    /// <inheritdoc/>
    public sealed override StreamEvent ReadEvent(JsonElement root, PartialAnswer answer)
    {
        EnvelopeReader.Read(root, answer);
        // Events without a choice carry the usage, or Azure's annotations of the prompt.
        if (root.Get("choices")?.First() is not { } choice)
        {
            return StreamEvent.Envelope;
        }

        return ChoiceReader.Read(choice, choice.Get("delta") ?? choice.Get("message"), answer) ? StreamEvent.Content
            : choice.ValueKind == JsonValueKind.Object ? StreamEvent.Silence
            : StreamEvent.Envelope;
    }

    /// <inheritdoc/>
    public override Quirks Adapt(EndpointError error, ModelRequest request, Quirks sent)
    {
        var change = RefusedParameters.Adapt(error, request, Parameters, sent);
        if (change == Quirks.None && error.MayBeOfForm && !RefusedParameters.IsConflict(error, request, sent))
        {
            change = AdaptMessages(error, request, sent);
        }

        if (change == Quirks.None && RefusedParameters.MayBeTooManyTop(error, request, sent))
        {
            return Quirks.FewTopLogProbabilities;
        }

        return change == Quirks.NoLogProbabilities && request.ScoredText is not null ? Quirks.None : change;
    }

    /// <inheritdoc/>
    public override Quirks ProvenBy(ModelRequest request, Quirks sent) =>
        !request.TopLogProbabilities || sent.HasFlag(Quirks.NoLogProbabilities) ? Quirks.None
        : sent.HasFlag(Quirks.FewTopLogProbabilities) ? Quirks.FewTopLogProbabilities
        : Quirks.ManyTopLogProbabilities;

    /// <inheritdoc/>
    public override IReadOnlyList<string> LeftOut(ModelRequest request, Quirks sent) =>
        sent == Quirks.None
            ? []
            :
            [
                .. Parameters
                    .Where(parameter => parameter.IsLeftOut && parameter.IsWanted(request, sent) && !parameter.IsSent(request, sent))
                    .Select(parameter => parameter.Name),
            ];

    /// <summary>The quirks that follow from a refusal of the conversation.</summary>
    protected virtual Quirks AdaptMessages(EndpointError error, ModelRequest request, Quirks sent) => Quirks.None;

    // A text that is scored has no answer of the spec's length.
    private static string? MaxTokensField(ModelRequest request) => request.ScoredText is null ? "sampling.maxOutputTokens" : null;

    /// <summary>Whether log probabilities of the answer are wanted.</summary>
    protected static bool WantsLogProbabilities(ModelRequest request) =>
        request.Sampling.LogProbabilities || request.TopLogProbabilities || request.ScoredText is not null;

    /// <summary>How many top log probabilities are asked for.</summary>
    protected static int TopCount(Quirks sent) => sent.HasFlag(Quirks.FewTopLogProbabilities) ? FewTop : AnswerToken.MaxTopLogProbabilities;

    /// <summary>Writes the sampling parameters that the endpoint takes.</summary>
    protected void WriteParameters(Utf8JsonWriter json, ModelRequest request, Quirks sent)
    {
        foreach (var parameter in Parameters.Where(parameter => parameter.IsSent(request, sent)))
        {
            parameter.Write?.Invoke(json, request, sent);
        }
    }
}
