using System.ClientModel;
using System.ClientModel.Primitives;
using Azure.AI.OpenAI;
using Azure.Core;

namespace FunctionsEval.Functions.ModelClients.Providers;

/// <summary>
/// An Azure OpenAI or Foundry resource, or a Foundry project, with a key or an identity: on the dated route
/// (<c>/openai/deployments/{deployment}/…?api-version=</c>) or on the v1 route (<c>/openai/v1/…</c>, the deployment as <c>model</c>).
/// </summary>
/// <remarks>An endpoint that ends with <c>/openai/v1</c> is on the v1 route; any other is the root of the dated one.</remarks>
internal sealed class AzureOpenAIProvider : ModelProvider
{
    // Dated versions before this one have no Responses API; the route without a version has it.
    private const string FirstVersionWithResponses = "2025-03-01";

    /// <inheritdoc/>
    public override string Name => "AzureOpenAI";

    /// <inheritdoc/>
    public override string TelemetryName => "azure.ai.openai";

    /// <inheritdoc/>
    public override bool CallsDeployments => true;

    /// <inheritdoc/>
    public override string MissingEndpoint => "missing; write the resource's address, such as https://my-resource.openai.azure.com.";

    /// <inheritdoc/>
    public override string MissingDeployment => "missing; write the deployment's name.";

    /// <inheritdoc/>
    public override bool NamesModelInBody(ModelOptions model) => AzureHosts.IsV1(model.Endpoint) || model.Api.NamesModelInBody;

    /// <inheritdoc/>
    public override string IdentityAdvice(ModelOptions model) =>
        "Give the identity the role 'Cognitive Services OpenAI User' on the resource ('Azure AI User' for a project), check that "
        + $"{model.Setting(nameof(ModelOptions.TokenScope))} fits the endpoint ({model.Scope}), or set a key.";

    /// <inheritdoc/>
    public override string ScopeOf(Uri address) => AzureHosts.ScopeOf(address);

    /// <inheritdoc/>
    protected override EndpointReading ReadAddress(Uri address, string? apiVersion, Func<string, string> setting)
    {
        var read = AzureAddress.Read(address);
        if (read.Problem is { } problem)
        {
            return EndpointReading.Refuse(problem);
        }

        var versions = setting(nameof(ModelOptions.ApiVersion));
        if (apiVersion is not null && read.ApiVersion is { } named && named != apiVersion)
        {
            return EndpointReading.Refuse(
                $"is one of api-version {named}, but {versions} is {apiVersion}; write the same in both, or leave out {versions}."
            );
        }

        var version = apiVersion ?? read.ApiVersion;
        if (version is not null && read.IsV1 == !ApiVersions.IsOfV1(version))
        {
            return EndpointReading.Refuse(
                read.IsV1 == true
                    ? $"is on the v1 route, which takes no api-version {version}; leave out {versions} and any '?' in the address, "
                        + "or write the address without the path for the route with dated versions."
                    : $"is on the route with dated versions, but api-version is {version} ({versions}); write a date, "
                        + "or end the address with /openai/v1."
            );
        }

        return (read.IsV1 ?? (version is not null && ApiVersions.IsOfV1(version)))
            ? new EndpointReading(new Uri($"{RootOf(read.Root)}/openai/v1"), version ?? ApiVersions.V1) { Api = read.Api }
            : new EndpointReading(new Uri(RootOf(read.Root)), version ?? ModelOptions.DefaultApiVersion)
            {
                Deployment = read.Deployment,
                Api = read.Api,
            };
    }

    /// <inheritdoc/>
    public override ClientPipeline CreatePipeline(ModelOptions model, HttpClient http, Func<TokenCredential> identity) =>
        model.ApiKey is { } key
            ? new AzureOpenAIClient(model.Endpoint, new ApiKeyCredential(key), Configure(new AzureOpenAIClientOptions(), http))
                .GetChatClient(model.Deployment)
                .Pipeline
            : CreateIdentityPipeline(model, http, identity);

    /// <inheritdoc/>
    public override Uri RouteFor(ModelOptions model, string route) =>
        !NamesModelInBody(model)
            ? AccountRoute(model.Endpoint, model.ApiVersion, $"deployments/{Uri.EscapeDataString(model.Deployment)}/{route}")
        : GoesByV1(model) ? AccountRoute(new Uri($"{RootOf(model.Endpoint)}/openai/v1"), ApiVersions.V1, route)
        : AccountRoute(model.Endpoint, model.ApiVersion, route);

    /// <inheritdoc/>
    public override Uri AccountRoute(Uri endpoint, string apiVersion, string path, string query = "")
    {
        var api = AzureHosts.IsV1(endpoint) ? "" : "/openai";
        string[] queries = [apiVersion == ApiVersions.V1 ? "" : $"api-version={apiVersion}", query];
        var all = string.Join('&', queries.Where(part => part.Length > 0));
        return new Uri($"{RootOf(endpoint)}{api}/{path}{(all.Length > 0 ? "?" : "")}{all}");
    }

    /// <inheritdoc/>
    public override ValueTask AuthorizeAsync(
        HttpRequestMessage request,
        string? apiKey,
        string? tokenScope,
        Func<TokenCredential> identity,
        CancellationToken cancellationToken
    )
    {
        if (apiKey is null)
        {
            return AuthorizeAsync(request, tokenScope ?? AzureHosts.ScopeOf(request.RequestUri!), identity, cancellationToken);
        }

        request.Headers.Add("api-key", apiKey);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override string? DescribeRoute(ModelOptions model) =>
        (AzureHosts.IsProject(model.Endpoint) ? "project " : "")
        + (AzureHosts.IsV1(model.Endpoint) || GoesByV1(model) ? "v1" : "deployments")
        + (model.ApiVersion == ApiVersions.V1 || GoesByV1(model) ? "" : $" (api-version {model.ApiVersion})");

    /// <inheritdoc/>
    public override string VersionAdvice(ModelOptions model) =>
        ApiVersions.IsOfV1(model.ApiVersion) ? $"Write {ApiVersions.V1} or {ApiVersions.Preview}, whichever it takes."
        : GoesByV1(model)
            ? $"The {model.Api} API is called at /openai/v1, because api-version {model.ApiVersion} is older than it; where there is no such "
                + $"path, set {model.Setting(nameof(ModelOptions.ApiVersion))} to 2025-03-01-preview or a later one."
        : base.VersionAdvice(model);

    /// <inheritdoc/>
    public override string AddressAdvice(ModelOptions model) =>
        AzureHosts.IsProject(model.Endpoint)
            ? $"Check it and {model.Setting(nameof(ModelOptions.Deployment))} ('{model.Deployment}'). Projects may serve the Responses API "
                + "alone; for another, write the resource's address, such as https://my-resource.services.ai.azure.com/openai/v1."
        : GoesByV1(model) ? $"Check it and {model.Setting(nameof(ModelOptions.Deployment))} ('{model.Deployment}'). {VersionAdvice(model)}"
        : $"Check it, {model.Setting(nameof(ModelOptions.Deployment))} ('{model.Deployment}') and "
            + $"{model.Setting(nameof(ModelOptions.ApiVersion))} ({model.ApiVersion}).";

    /// <summary>Whether a model of the dated route is called on the other one, because its version has not the API.</summary>
    private static bool GoesByV1(ModelOptions model) =>
        model.Api.NamesModelInBody
        && !AzureHosts.IsV1(model.Endpoint)
        && string.CompareOrdinal(model.ApiVersion, FirstVersionWithResponses) < 0;
}
