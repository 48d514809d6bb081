using System.ClientModel.Primitives;
using System.ComponentModel;
using System.Text.Json.Serialization;
using Azure.AI.OpenAI;
using Azure.Core;
using FunctionsEval.Functions.ModelClients.Protocols;

namespace FunctionsEval.Functions.ModelClients.Providers;

/// <summary>Who serves models: addresses, credentials, and what the settings of one of its models must say.</summary>
/// <remarks>A new one is a class of its own and a line in <see cref="ModelProviders"/>.</remarks>
[JsonConverter(typeof(NameConverter<ModelProvider>))]
[TypeConverter(typeof(ModelProviderConverter))]
internal abstract class ModelProvider
{
    /// <summary>The value of the setting <c>Provider</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The value of <c>gen_ai.provider.name</c> in telemetry.</summary>
    public abstract string TelemetryName { get; }

    /// <summary>Whether a request's body names the model; false where the address does.</summary>
    /// <param name="model">The model.</param>
    public virtual bool NamesModelInBody(ModelOptions model) => true;

    /// <summary>
    /// Whether models are called by the names of deployments. Such a name tells nothing about the model behind it, a deployment that was
    /// just made appears within minutes, and a fine-tuned model cannot be called before it has one.
    /// </summary>
    public virtual bool CallsDeployments => false;

    /// <summary>The endpoint where none is configured; null when one must be.</summary>
    public virtual Uri? DefaultEndpoint => null;

    /// <summary>What to write where the endpoint is missing.</summary>
    public virtual string MissingEndpoint => "missing; write the API's base address, such as https://my-server/v1.";

    /// <summary>What to write where the deployment is missing.</summary>
    public virtual string MissingDeployment => "missing; write the model's id.";

    /// <summary>Why there must be a key, and what to do; null where a model may have none.</summary>
    public virtual string? MissingKey => null;

    /// <summary>Reads an address that was written as the endpoint.</summary>
    /// <param name="address">An absolute address.</param>
    /// <param name="apiVersion">The version of the settings; null for none.</param>
    /// <param name="setting">The full name of a setting beside it, for messages.</param>
    public EndpointReading ReadEndpoint(Uri address, string? apiVersion, Func<string, string> setting) =>
        address.UserInfo.Length > 0
            ? EndpointReading.Refuse($"has a user name or password in it; remove it and use {setting(nameof(ModelOptions.ApiKey))}.")
        : !SecureAddress.IsAllowed(address) ? EndpointReading.Refuse("is http; use https (http is allowed for this machine only).")
        : ReadAddress(address, apiVersion, setting);

    /// <summary>Creates what authorizes and sends requests to a model's endpoint; nothing is sent yet.</summary>
    /// <param name="model">The model.</param>
    /// <param name="http">The process-wide client.</param>
    /// <param name="identity">Gives the credential of the app's identity.</param>
    public abstract ClientPipeline CreatePipeline(ModelOptions model, HttpClient http, Func<TokenCredential> identity);

    /// <summary>The address of a route of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="route">The protocol's route, such as <c>chat/completions</c>.</param>
    public abstract Uri RouteFor(ModelOptions model, string route);

    /// <summary>The address of something that belongs to the account and not to one model: a fine-tuning job, a file, a model.</summary>
    /// <param name="endpoint">The endpoint's root.</param>
    /// <param name="apiVersion">The version to name, where the provider has versions.</param>
    /// <param name="path">The path below the API's root, escaped.</param>
    /// <param name="query">More of the query, escaped; empty for nothing.</param>
    public abstract Uri AccountRoute(Uri endpoint, string apiVersion, string path, string query = "");

    /// <summary>Adds the credential to a request for such an address.</summary>
    /// <param name="request">The request.</param>
    /// <param name="apiKey">The key; null for none.</param>
    /// <param name="tokenScope">The scope of the identity's token; null where the settings name none.</param>
    /// <param name="identity">Gives the credential of the app's identity.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Azure.Identity.AuthenticationFailedException">The identity has no token.</exception>
    public virtual ValueTask AuthorizeAsync(
        HttpRequestMessage request,
        string? apiKey,
        string? tokenScope,
        Func<TokenCredential> identity,
        CancellationToken cancellationToken
    )
    {
        if (apiKey is not null)
        {
            request.Headers.Authorization = new("Bearer", apiKey);
            return ValueTask.CompletedTask;
        }

        return tokenScope is null ? ValueTask.CompletedTask : AuthorizeAsync(request, tokenScope, identity, cancellationToken);
    }

    /// <summary>
    /// The scope of the identity's token for an address where the settings name none; null where the identity is used only if they do.
    /// </summary>
    /// <param name="address">Where requests go.</param>
    public virtual string? ScopeOf(Uri address) => null;

    /// <summary>The route of a model's requests and its version, for results; null where there is only one.</summary>
    /// <param name="model">The model.</param>
    public virtual string? DescribeRoute(ModelOptions model) => null;

    /// <summary>What to check where nothing answers at the address.</summary>
    public virtual string AddressAdvice(ModelOptions model) =>
        $"Check it (most servers' ends with /v1), {model.Setting(nameof(ModelOptions.Deployment))} ('{model.Deployment}') and "
        + $"{model.Setting(nameof(ModelOptions.Api))} ({model.Api}).";

    /// <summary>What to write where the endpoint does not know the version that requests name, or asks for one.</summary>
    /// <param name="model">The model.</param>
    public virtual string VersionAdvice(ModelOptions model) => $"Write one it supports, such as {ModelOptions.DefaultApiVersion}.";

    /// <summary>What to do where the endpoint refuses the app's identity.</summary>
    /// <param name="model">The model.</param>
    public virtual string IdentityAdvice(ModelOptions model) =>
        "Give the identity the role that the endpoint asks for, check that "
        + $"{model.Setting(nameof(ModelOptions.TokenScope))} fits the endpoint ({model.Scope}), or set a key.";

    /// <summary>The setting's value.</summary>
    public sealed override string ToString() => Name;

    /// <summary>Reads an address that may be used, as far as its scheme says.</summary>
    /// <inheritdoc cref="ReadEndpoint"/>
    protected virtual EndpointReading ReadAddress(Uri address, string? apiVersion, Func<string, string> setting) =>
        address.Query.Length > 0 || address.Fragment.Length > 0
            ? EndpointReading.Refuse(
                $"has a query; remove everything from '?' on (an api-version belongs in {setting(nameof(ModelOptions.ApiVersion))})."
            )
        : ModelProtocols.FindRoute(address) is { } route
            ? EndpointReading.Refuse($"has the route in it; end the address before /{route}, such as https://my-server/v1.")
        : new EndpointReading(new Uri(RootOf(address)), apiVersion ?? ModelOptions.DefaultApiVersion);

    /// <summary>Creates what sends requests with a token of the app's identity.</summary>
    /// <remarks>Only to the model's own endpoint: the app sends to no other address, and follows no redirect.</remarks>
    protected static ClientPipeline CreateIdentityPipeline(ModelOptions model, HttpClient http, Func<TokenCredential> identity)
    {
        var options = Configure(new AzureOpenAIClientOptions { Audience = new AzureOpenAIAudience(model.Scope!) }, http);
        return new AzureOpenAIClient(model.Endpoint, identity(), options).GetChatClient(model.Deployment).Pipeline;
    }

    /// <summary>Adds a token of the app's identity to a request.</summary>
    protected static async ValueTask AuthorizeAsync(
        HttpRequestMessage request,
        string scope,
        Func<TokenCredential> identity,
        CancellationToken cancellationToken
    )
    {
        var token = await identity().GetTokenAsync(new TokenRequestContext([scope]), cancellationToken);
        request.Headers.Authorization = new("Bearer", token.Token);
    }

    /// <summary>An endpoint's root without a slash at its end.</summary>
    protected static string RootOf(Uri endpoint) => endpoint.AbsoluteUri.TrimEnd('/');

    /// <summary>Options of an SDK's client by which it sends what it is given, once.</summary>
    protected static T Configure<T>(T options, HttpClient http)
        where T : ClientPipelineOptions
    {
        options.Transport = new HttpClientPipelineTransport(http);
        // The SDK's own retries wait out any Retry-After inside the call, hours if it says so; CallRetryPolicy does not.
        options.RetryPolicy = new ClientRetryPolicy(0);
        options.NetworkTimeout = Timeout.InfiniteTimeSpan;
        return options;
    }
}
