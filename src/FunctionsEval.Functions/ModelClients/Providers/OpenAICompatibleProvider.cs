using System.ClientModel;
using System.ClientModel.Primitives;
using Azure.Core;
using OpenAI;
using OpenAI.Chat;

namespace FunctionsEval.Functions.ModelClients.Providers;

/// <summary>Any server with OpenAI's routes (vLLM, Ollama, …), with a key, with the app's identity or with neither.</summary>
internal class OpenAICompatibleProvider : ModelProvider
{
    // OpenAI's client insists on a key; servers without keys ignore the header.
    private const string PlaceholderKey = "none";

    /// <inheritdoc/>
    public override string Name => "OpenAICompatible";

    /// <inheritdoc/>
    public override string TelemetryName => "openai_compatible";

    /// <inheritdoc/>
    public sealed override ClientPipeline CreatePipeline(ModelOptions model, HttpClient http, Func<TokenCredential> identity)
    {
        if (model is { ApiKey: null, Scope: not null })
        {
            return CreateIdentityPipeline(model, http, identity);
        }

        var options = Configure(new OpenAIClientOptions { Endpoint = model.Endpoint }, http);
        return new ChatClient(model.Deployment, new ApiKeyCredential(model.ApiKey ?? PlaceholderKey), options).Pipeline;
    }

    /// <inheritdoc/>
    public sealed override Uri RouteFor(ModelOptions model, string route) => AccountRoute(model.Endpoint, model.ApiVersion, route);

    /// <inheritdoc/>
    public sealed override Uri AccountRoute(Uri endpoint, string apiVersion, string path, string query = "") =>
        new($"{RootOf(endpoint)}/{path}{(query.Length > 0 ? "?" : "")}{query}");
}
