using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Functions.ModelClients.Protocols.Choices;
using FunctionsEval.Functions.ModelClients.Refusals;

namespace FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;

/// <summary><c>chat/completions</c>: a conversation is answered.</summary>
internal sealed class ChatCompletionsProtocol : ChoicesProtocol
{
    /// <inheritdoc/>
    public override string Name => "Chat";

    /// <inheritdoc/>
    public override string Route => "chat/completions";

    /// <inheritdoc/>
    public override string Operation => "chat";

    /// <inheritdoc/>
    public override string InsteadAdvice =>
        $"Set it to {ModelProtocols.Responses} or {ModelProtocols.Completions}, or name another deployment.";

    /// <inheritdoc/>
    public override string SpokenName => "chat";

    /// <inheritdoc/>
    protected override Quirks MaxTokensQuirk => Quirks.MaxCompletionTokens;

    /// <inheritdoc/>
    protected override string TopName => "top_logprobs";

    /// <inheritdoc/>
    protected override IReadOnlyList<RequestParameter> OwnParameters => ChatParameters.All;

    /// <inheritdoc/>
    public override string? FindProblem(ModelOptions model, ModelRequest request) =>
        request is { Tools.Functions: not null, ToolChoice.Kind: ToolChoiceKind.Required }
            ? "toolChoice: the sample has \"functions\", and their function_call has no 'required'. Write 'auto', or give the rows \"tools\"."
            : FindImageProblem(model, request);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter json, ModelRequest request, Quirks sent)
    {
        WriteMessages(json, request, sent);
        json.WriteNumber(
            sent.HasFlag(Quirks.MaxCompletionTokens) ? "max_completion_tokens" : "max_tokens",
            request.Sampling.MaxOutputTokens
        );
        if (WantsLogProbabilities(request) && !sent.HasFlag(Quirks.NoLogProbabilities))
        {
            json.WriteBoolean("logprobs", true);
            if (request.TopLogProbabilities)
            {
                json.WriteNumber("top_logprobs", TopCount(sent));
            }
        }

        WriteParameters(json, request, sent);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> LeftOut(ModelRequest request, Quirks sent) =>
        [.. base.LeftOut(request, sent), .. RequestMessages.LeftOut(request, sent)];

    /// <inheritdoc/>
    protected override Quirks AdaptMessages(EndpointError error, ModelRequest request, Quirks sent) =>
        RequestMessages.Adapt(error, request, sent);

    private static void WriteMessages(Utf8JsonWriter json, ModelRequest request, Quirks sent)
    {
        json.WriteStartArray("messages");
        if (request.Messages.Count == 0)
        {
            MessageWriter.Write(json, new ChatMessage("user", request.ScoredText ?? ""));
        }

        foreach (var message in RequestMessages.Prepare(request.Messages, sent))
        {
            MessageWriter.Write(json, message);
        }

        json.WriteEndArray();
    }
}
