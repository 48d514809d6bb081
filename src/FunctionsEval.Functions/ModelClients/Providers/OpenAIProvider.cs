namespace FunctionsEval.Functions.ModelClients.Providers;

/// <summary>api.openai.com, key as bearer token.</summary>
internal sealed class OpenAIProvider : OpenAICompatibleProvider
{
    /// <inheritdoc/>
    public override string Name => "OpenAI";

    /// <inheritdoc/>
    public override string TelemetryName => "openai";

    /// <inheritdoc/>
    public override Uri? DefaultEndpoint { get; } = new("https://api.openai.com/v1");

    /// <inheritdoc/>
    public override string? MissingKey => "missing; OpenAI needs a key (a server without keys is Provider OpenAICompatible).";
}
