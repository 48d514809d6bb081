using System.Text.Json;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients.Refusals;

namespace FunctionsEval.Functions.ModelClients.Protocols.Choices;

/// <summary>
/// What <c>chat/completions</c> and <c>completions</c> have in common: names of parameters, and an answer that is the first of
/// <c>choices</c>.
/// </summary>
internal abstract class ChoicesProtocol : AnsweringProtocol
{
    // A streamed token has an event of its own; with log probabilities and the token's bytes that is about 600 bytes.
    private const int BytesPerToken = 1024;

    // Twenty top log probabilities of about 150 bytes each come on top.
    private const int BytesPerTokenWithTop = 6 * 1024;

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
            SamplingParameters.ReasoningSummary,
            .. OwnParameters,
        ];

    /// <inheritdoc/>
    public sealed override Quirks Lacks => Quirks.NoReasoningSummary;

    /// <summary>The quirk to set when <c>max_tokens</c> is refused.</summary>
    protected virtual Quirks MaxTokensQuirk => Quirks.None;

    /// <summary>The parameters that the other API does not have.</summary>
    protected virtual IReadOnlyList<RequestParameter> OwnParameters => [];

    /// <summary>Name of the parameter that says how many top log probabilities are wanted.</summary>
    protected abstract string TopName { get; }

    /// <inheritdoc/>
    public override long MaxAnswerBytes(ModelRequest request) =>
        (long)request.Sampling.MaxOutputTokens * (request.TopLogProbabilities ? BytesPerTokenWithTop : BytesPerToken);

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
}
