using System.ClientModel.Primitives;
using System.ComponentModel;
using System.Text.Json.Serialization;
using Azure.Core;

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
    public virtual bool NamesModelInBody => true;

    /// <summary>
    /// Whether models are called by the names of deployments. Such a name tells nothing about the model behind it, a deployment that was
    /// just made appears within minutes, and a fine-tuned model cannot be called before it has one.
    /// </summary>
    public virtual bool CallsDeployments => false;

    /// <summary>Whether an endpoint without a key is called with the app's identity.</summary>
    public virtual bool TakesIdentity => false;

    /// <summary>The endpoint where none is configured; null when one must be.</summary>
    public virtual Uri? DefaultEndpoint => null;

    /// <summary>What to write where the endpoint is missing.</summary>
    public virtual string MissingEndpoint => "missing; write the API's base address, such as https://my-server/v1.";

    /// <summary>What to write where the deployment is missing.</summary>
    public virtual string MissingDeployment => "missing; write the model's id.";

    /// <summary>Why there must be a key, and what to do; null where a model may have none.</summary>
    public virtual string? MissingKey => null;

    /// <summary>What is wrong with an address as the endpoint, and what to write; null for nothing.</summary>
    /// <param name="endpoint">An absolute address without user, query and fragment.</param>
    public virtual string? CheckEndpoint(Uri endpoint) => null;

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
    /// <param name="identity">Gives the credential of the app's identity.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Azure.Identity.AuthenticationFailedException">The identity has no token.</exception>
    public virtual ValueTask AuthorizeAsync(
        HttpRequestMessage request,
        string? apiKey,
        Func<TokenCredential> identity,
        CancellationToken cancellationToken
    )
    {
        if (apiKey is not null)
        {
            request.Headers.Authorization = new("Bearer", apiKey);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>What to check where nothing answers at the address.</summary>
    public virtual string AddressAdvice(ModelOptions model) =>
        $"Check it (most servers' ends with /v1), {model.Setting(nameof(ModelOptions.Deployment))} ('{model.Deployment}') and "
        + $"{model.Setting(nameof(ModelOptions.Api))} ({model.Api}).";

    /// <summary>What to do where the endpoint refuses the app's identity.</summary>
    public virtual string IdentityAdvice => "Set a key.";

    /// <summary>The setting's value.</summary>
    public sealed override string ToString() => Name;

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
