using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using FunctionsEval.Core.Costs;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Providers;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>App settings <c>Models__{key}__…</c>: one configured model, where it is, how it is called, what it costs.</summary>
/// <remarks>The bounds of <see cref="RangeAttribute"/> are those that <see cref="ModelOptionsReader"/> holds settings against.</remarks>
internal sealed record ModelOptions
{
    /// <summary>
    /// The name by which specs refer to the model, at most 128 characters, compared without regard to case; the key unless given. One
    /// <c>*</c> makes it a template.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>Key of the configuration child, so that messages can name the setting to change.</summary>
    public required string Section { get; init; }

    /// <summary>Whose protocol the endpoint speaks. Default <c>AzureOpenAI</c>.</summary>
    public ModelProvider Provider { get; init; } = ModelProviders.Default;

    /// <summary>
    /// The address: for <c>AzureOpenAI</c> any that a portal shows (<c>https://x.openai.azure.com</c>, with <c>/openai/v1</c>, a project, a
    /// deployment's target URI), for others the API's base (<c>http://127.0.0.1:8000/v1</c>); https, except on this machine. With
    /// <c>Provider</c> <c>OpenAI</c>, <c>https://api.openai.com/v1</c> unless given.
    /// </summary>
    public required Uri Endpoint { get; init; }

    /// <summary>
    /// Deployment name (Azure OpenAI) or model id; in a template, with a <c>*</c> where the end of the model's name goes. Not needed where
    /// the address names the deployment.
    /// </summary>
    public required string Deployment { get; init; }

    /// <summary>
    /// The key, required by <c>OpenAI</c>; without one, Azure OpenAI is called with the app's identity, and a compatible server without a
    /// key unless <c>TokenScope</c> is set.
    /// </summary>
    [JsonIgnore]
    public string? ApiKey { get; init; }

    /// <summary>
    /// The scope of the identity's token, such as <c>https://ai.azure.com/.default</c>. A compatible server with one is called with the
    /// app's identity. For <c>AzureOpenAI</c> the scope follows the address unless given.
    /// </summary>
    public string? TokenScope { get; init; }

    /// <summary>The API used; the one that the address ends in, else <c>Chat</c>, unless given. Default <c>Chat</c>.</summary>
    public ModelProtocol Api { get; init; } = ModelProtocols.Default;

    /// <summary>
    /// Azure OpenAI's <c>api-version</c>: a date, with <c>-preview</c> or without, for the route with deployments in the address; <c>v1</c>
    /// or <c>preview</c> for the v1 route, where <c>v1</c> is the default and is not sent. Default <see cref="DefaultApiVersion"/>.
    /// </summary>
    public string ApiVersion { get; init; } = DefaultApiVersion;

    /// <summary>
    /// Time for one attempt, from sending it to the last byte of its answer. One that takes longer was perhaps paid and is repeated once.
    /// Default 100 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Upper bound of concurrent requests of one process. Default 32.</summary>
    [Range(1, 1024)]
    public int MaxConcurrency { get; init; } = 32;

    /// <summary>Upper bound of requests a minute of one process.</summary>
    [Range(1, int.MaxValue)]
    public int? RequestsPerMinute { get; init; }

    /// <summary>Upper bound of tokens (prompt and answer) a minute of one process.</summary>
    [Range(1, int.MaxValue)]
    public int? TokensPerMinute { get; init; }

    /// <summary>Price of a million prompt tokens, in any currency, the same for all models; <c>limits.maxCost</c> needs it.</summary>
    [Range(typeof(decimal), "0", "1000000")]
    public decimal? InputPricePerMillionTokens { get; init; }

    /// <summary>
    /// Price of a million prompt tokens that the endpoint took from its cache, in the same currency and at most the price of others; that
    /// price unless given.
    /// </summary>
    [Range(typeof(decimal), "0", "1000000")]
    public decimal? CachedInputPricePerMillionTokens { get; init; }

    /// <summary>Price of a million answer tokens, in the same currency.</summary>
    [Range(typeof(decimal), "0", "1000000")]
    public decimal? OutputPricePerMillionTokens { get; init; }

    /// <summary>
    /// Whether addresses of images (https) in rows are sent to the endpoint, which then loads them; the app never does. Default false.
    /// </summary>
    public bool AllowImageAddresses { get; init; }

    /// <summary>
    /// Resource id of the Azure OpenAI account (<c>/subscriptions/…/accounts/…</c>), from which the app reads when the deployed model
    /// retires. Default: that of <c>FineTuning__ResourceId</c> where the endpoint is the same.
    /// </summary>
    [RegularExpression(AccountPattern)]
    public string? ResourceId { get; init; }

    /// <summary>The form of an account's resource id.</summary>
    public const string AccountPattern =
        @"^/subscriptions/[^/?#]+/resourceGroups/[^/?#]+/providers/Microsoft\.CognitiveServices/accounts/[^/?#]+\z";

    /// <summary>
    /// The latest generally available version with <c>max_completion_tokens</c>, <c>stream_options</c> and log probabilities.
    /// </summary>
    public const string DefaultApiVersion = "2024-10-21";

    /// <summary>Whether the name stands for many models, one a deployment (see <see cref="ModelRegistry"/>).</summary>
    public bool IsTemplate => Name.Contains('*');

    /// <summary>The scope of the identity's token; null where the model is called with a key, or with neither.</summary>
    [JsonIgnore]
    public string? Scope => ApiKey is null ? TokenScope ?? Provider.ScopeOf(Provider.RouteFor(this, Api.Route)) : null;

    /// <summary>The model's prices; null where one is missing.</summary>
    public TokenPrices? Prices =>
        InputPricePerMillionTokens is { } input && OutputPricePerMillionTokens is { } output
            ? new TokenPrices(input, output) { CachedInput = CachedInputPricePerMillionTokens ?? input }
            : null;

    /// <summary>The app setting that holds one of this model's values, for example <c>Models__0__ApiKey</c>.</summary>
    /// <param name="property">Name of the property, for example <see cref="ApiKey"/>.</param>
    public string Setting(string property) => $"Models__{Section}__{property}";

    /// <summary>Name, provider, endpoint and deployment; never the key.</summary>
    public override string ToString() => $"{Name} ({Provider}, {Endpoint}, {Deployment})";
}
