namespace FunctionsEval.Functions.ModelClients.Providers;

/// <summary>Any server with OpenAI's routes (vLLM, Ollama, …), with a key, with the app's identity or with neither.</summary>
internal class OpenAICompatibleProvider : ModelProvider
{
    /// <inheritdoc/>
    public override string Name => "OpenAICompatible";

    /// <inheritdoc/>
    public override string TelemetryName => "openai_compatible";

    /// <inheritdoc/>
    public sealed override Uri RouteFor(ModelOptions model, string route) => AccountRoute(model.Endpoint, model.ApiVersion, route);

    /// <inheritdoc/>
    public sealed override Uri AccountRoute(Uri endpoint, string apiVersion, string path, string query = "") =>
        new($"{RootOf(endpoint)}/{path}{(query.Length > 0 ? "?" : "")}{query}");
}
