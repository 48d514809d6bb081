using System.Text.Json;
using FunctionsEval.Functions.ModelClients.Protocols.Choices;
using FunctionsEval.Functions.ModelClients.Refusals;

namespace FunctionsEval.Functions.ModelClients.Protocols.Completions;

/// <summary><c>completions</c>: a text is gone on with, or a given one is scored (echo).</summary>
internal sealed class CompletionsProtocol : ChoicesProtocol
{
    // At most two tokens a character, each with text, log probability and offset.
    private const int BytesPerEchoedCharacter = 256;

    /// <inheritdoc/>
    public override string Name => "Completions";

    /// <inheritdoc/>
    public override string Route => "completions";

    /// <inheritdoc/>
    public override string Operation => "text_completion";

    /// <inheritdoc/>
    public override bool ScoresTexts => true;

    /// <inheritdoc/>
    public override string InsteadAdvice => $"Set it to {ModelProtocols.Chat}, or name another deployment.";

    /// <inheritdoc/>
    protected override string TopName => "logprobs";

    /// <inheritdoc/>
    public override string? FindProblem(ModelOptions model, ModelRequest request)
    {
        var what =
            request.HasTools ? ("the sample has tools", "write \"tools\": \"ignore\" in the spec")
            : request.Images.Any() ? ("the sample has images", "name another model")
            : request.ScoredText is not null ? null
            : request.ResponseFormat is not null ? ("the spec has a responseFormat", "leave it out")
            : request.Sampling.ReasoningEffort is not null ? ("the spec has a sampling.reasoningEffort", "leave it out")
            : request.Sampling.Verbosity is not null ? ("the spec has a sampling.verbosity", "leave it out")
            : default((string Has, string Fix)?);
        return what is { } misfit
            ? $"{model.Setting(nameof(ModelOptions.Api))}: {misfit.Has}, and the completions API takes none. Set it to {ModelProtocols.Chat}, or {misfit.Fix}."
            : null;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter json, ModelRequest request, Quirks sent)
    {
        if (request.ScoredText is { } text)
        {
            WriteEcho(json, text, sent);
            return;
        }

        json.WriteString("prompt", request.Prompt);
        json.WriteNumber("max_tokens", request.Sampling.MaxOutputTokens);
        if (WantsLogProbabilities(request) && !sent.HasFlag(Quirks.NoLogProbabilities))
        {
            json.WriteNumber("logprobs", request.TopLogProbabilities ? TopCount(sent) : 1);
        }

        WriteParameters(json, request, sent);
    }

    /// <inheritdoc/>
    public override int MaxAnswerTokens(ModelRequest request) => request.ScoredText is null ? base.MaxAnswerTokens(request) : 1;

    /// <inheritdoc/>
    public override long MaxAnswerBytes(ModelRequest request) =>
        request.ScoredText is { } text ? (long)text.Length * BytesPerEchoedCharacter : base.MaxAnswerBytes(request);

    /// <inheritdoc/>
    public override bool MayStream(ModelRequest request) => request.ScoredText is null;

    /// <inheritdoc/>
    public override AttemptResult Read(JsonElement root, ModelExchange exchange) =>
        exchange.Request.ScoredText is null ? base.Read(root, exchange) : EchoReader.Read(root, exchange);

    /// <inheritdoc/>
    public override Quirks Adapt(EndpointError error, ModelRequest request, Quirks sent)
    {
        if (request.ScoredText is null)
        {
            return base.Adapt(error, request, sent);
        }

        // The refusal's text differs from server to server, so this form is tried, and recorded only if it works.
        return error.IsAboutEcho || (sent & (Quirks.EchoOneToken | Quirks.EchoZeroTokens)) != Quirks.None
            ? Quirks.None
            : Quirks.EchoOneToken;
    }

    /// <inheritdoc/>
    public override Quirks ProvenBy(ModelRequest request, Quirks sent) =>
        request.ScoredText is null ? base.ProvenBy(request, sent)
        : sent.HasFlag(Quirks.EchoOneToken) ? Quirks.EchoOneToken
        : Quirks.EchoZeroTokens;

    private static void WriteEcho(Utf8JsonWriter json, string text, Quirks sent)
    {
        json.WriteString("prompt", text);
        json.WriteNumber("max_tokens", sent.HasFlag(Quirks.EchoOneToken) ? 1 : 0);
        json.WriteBoolean("echo", true);
        json.WriteNumber("logprobs", 1);
    }
}
