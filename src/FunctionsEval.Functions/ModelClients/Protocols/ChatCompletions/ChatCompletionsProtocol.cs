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
    public override string InsteadAdvice => $"Set it to {ModelProtocols.Completions}, or name another deployment.";

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
        : !model.AllowImageAddresses && request.Images.Any(image => ImageUrls.IsAddress(image.Url))
            ? $"{model.Setting(nameof(ModelOptions.AllowImageAddresses))}: the sample has the address of an image, which the endpoint of model '{model.Name}' would have to load. Set it to true to allow that, or put the image beside the dataset."
        : null;

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
    public override IReadOnlyList<string> LeftOut(ModelRequest request, Quirks sent)
    {
        List<string> leftOut = [.. base.LeftOut(request, sent)];
        if (request.Messages.Any(RequestMessages.IsInstruction) && (sent & (Quirks.DeveloperRole | Quirks.NoSystemRole)) != Quirks.None)
        {
            leftOut.Add("system role");
        }

        if (request.Messages.Any(RequestMessages.HasFreeName) && sent.HasFlag(Quirks.NoNames))
        {
            leftOut.Add("name");
        }

        return leftOut;
    }

    /// <inheritdoc/>
    protected override Quirks AdaptMessages(EndpointError error, ModelRequest request, Quirks sent)
    {
        if (request.Messages.Any(RequestMessages.HasFreeName) && !sent.HasFlag(Quirks.NoNames) && error.IsAboutTurn("name"))
        {
            return Quirks.NoNames;
        }

        if (
            !request.Messages.Any(RequestMessages.IsInstruction)
            || sent.HasFlag(Quirks.NoSystemRole)
            || !(error.IsAboutTurn("role") || error.SaysSystemRoleUnsupported)
        )
        {
            return Quirks.None;
        }

        // An endpoint that knows the other role names the field; a chat template would silently drop an unknown role.
        return
            request.Messages.Any(turn => turn.Role == "system")
            && !sent.HasFlag(Quirks.DeveloperRole)
            && error is { IsUnsupportedParameter: true, IsAboutTemplate: false }
            ? Quirks.DeveloperRole
            : Quirks.NoSystemRole;
    }

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
