using System.ClientModel;
using System.ClientModel.Primitives;
using Azure.AI.OpenAI;
using Azure.Core;

namespace FunctionsEval.Functions.ModelClients.Providers;

/// <summary>An Azure OpenAI resource: <c>/openai/deployments/{deployment}/…?api-version=</c>, key or managed identity.</summary>
internal sealed class AzureOpenAIProvider : ModelProvider
{
    private const string IdentityScope = "https://cognitiveservices.azure.com/.default";

    // Dated versions before this one have no Responses API; the route without a version has it.
    private const string FirstVersionWithResponses = "2025-03-01";

    /// <inheritdoc/>
    public override string Name => "AzureOpenAI";

    /// <inheritdoc/>
    public override string TelemetryName => "azure.ai.openai";

    /// <inheritdoc/>
    public override bool NamesModelInBody => false;

    /// <inheritdoc/>
    public override bool CallsDeployments => true;

    /// <inheritdoc/>
    public override bool TakesIdentity => true;

    /// <inheritdoc/>
    public override string MissingEndpoint => "missing; write the resource's address, such as https://my-resource.openai.azure.com.";

    /// <inheritdoc/>
    public override string MissingDeployment => "missing; write the deployment's name.";

    /// <inheritdoc/>
    public override string IdentityAdvice => "Give the identity the role 'Cognitive Services OpenAI User' on the resource, or set a key.";

    /// <inheritdoc/>
    public override string? CheckEndpoint(Uri endpoint) =>
        endpoint.AbsolutePath.Contains("/openai", StringComparison.OrdinalIgnoreCase)
            ? "has the route in it; write the resource's address only, such as https://my-resource.openai.azure.com."
            : null;

    /// <inheritdoc/>
    public override ClientPipeline CreatePipeline(ModelOptions model, HttpClient http, Func<TokenCredential> identity)
    {
        var options = Configure(new AzureOpenAIClientOptions(), http);
        var client = model.ApiKey is { } key
            ? new AzureOpenAIClient(model.Endpoint, new ApiKeyCredential(key), options)
            : new AzureOpenAIClient(model.Endpoint, identity(), options);
        return client.GetChatClient(model.Deployment).Pipeline;
    }

    /// <inheritdoc/>
    public override Uri RouteFor(ModelOptions model, string route) =>
        !model.Api.NamesModelInBody
            ? AccountRoute(model.Endpoint, model.ApiVersion, $"deployments/{Uri.EscapeDataString(model.Deployment)}/{route}")
        : string.CompareOrdinal(model.ApiVersion, FirstVersionWithResponses) < 0 ? new Uri($"{RootOf(model.Endpoint)}/openai/v1/{route}")
        : AccountRoute(model.Endpoint, model.ApiVersion, route);

    /// <inheritdoc/>
    public override Uri AccountRoute(Uri endpoint, string apiVersion, string path, string query = "") =>
        new($"{RootOf(endpoint)}/openai/{path}?api-version={apiVersion}{(query.Length > 0 ? "&" : "")}{query}");

    /// <inheritdoc/>
    public override async ValueTask AuthorizeAsync(
        HttpRequestMessage request,
        string? apiKey,
        Func<TokenCredential> identity,
        CancellationToken cancellationToken
    )
    {
        if (apiKey is not null)
        {
            request.Headers.Add("api-key", apiKey);
            return;
        }

        var token = await identity().GetTokenAsync(new TokenRequestContext([IdentityScope]), cancellationToken);
        request.Headers.Authorization = new("Bearer", token.Token);
    }

    /// <inheritdoc/>
    public override string AddressAdvice(ModelOptions model) =>
        $"Check it, {model.Setting(nameof(ModelOptions.Deployment))} ('{model.Deployment}') and "
        + $"{model.Setting(nameof(ModelOptions.ApiVersion))} ({model.ApiVersion}).";
}
