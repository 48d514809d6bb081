using System.ComponentModel.DataAnnotations;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.Webhooks;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.FineTuning;

/// <summary>
/// App settings <c>FineTuning__…</c>: where fine-tuning jobs are looked up, and how their models are called. Without an endpoint nothing is
/// looked up.
/// </summary>
internal sealed class FineTuningOptions
{
    public const string Section = "FineTuning";

    /// <summary>Whose protocol the endpoint speaks. Default <c>AzureOpenAI</c>.</summary>
    public ModelProvider Provider { get; set; } = ModelProviders.Default;

    /// <summary>
    /// The address, as for models; with <c>Provider</c> <c>OpenAI</c> and a key, <c>https://api.openai.com/v1</c> unless given.
    /// Without one no job is looked up.
    /// </summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The key; without one, Azure OpenAI is called with the app's identity.</summary>
    public string? ApiKey { get; set; }

    /// <summary>
    /// The scope of the identity's token, as for models. A compatible server with one is called with the app's identity.
    /// </summary>
    [RegularExpression(TokenScopes.Pattern, ErrorMessage = "FineTuning__TokenScope: " + TokenScopes.Expected)]
    public string? TokenScope { get; set; }

    /// <summary>Azure OpenAI's <c>api-version</c>, as for models. Default <see cref="ModelOptions.DefaultApiVersion"/>.</summary>
    [RegularExpression(ApiVersions.Pattern, ErrorMessage = "FineTuning__ApiVersion: " + ApiVersions.Expected)]
    public string ApiVersion { get; set; } = ModelOptions.DefaultApiVersion;

    /// <summary>
    /// Name of the model template by which tuned models are called, for example <c>tuned/*</c>. Required with an endpoint.
    /// </summary>
    public string? Model { get; set; }

    /// <summary>
    /// Secret (<c>whsec_…</c>) of the webhook <c>/api/webhooks/openai</c>, or two, separated by a space, while one takes the other's place;
    /// without one every delivery is refused.
    /// </summary>
    public string? WebhookSecret { get; set; }

    /// <summary>Whether the list of jobs is looked through every 30 seconds, for those who have no webhook. Default false.</summary>
    public bool Poll { get; set; }

    /// <summary>
    /// Resource id of the Azure OpenAI account (<c>/subscriptions/…/accounts/…</c>), whose deployments are looked through for the one of
    /// the tuned model. Required with an endpoint at Azure OpenAI.
    /// </summary>
    [RegularExpression(ModelOptions.AccountPattern)]
    public string? ResourceId { get; set; }

    /// <summary>Azure Resource Manager of the cloud. Default <c>https://management.azure.com</c>.</summary>
    public Uri ManagementEndpoint { get; set; } = new("https://management.azure.com");

    /// <summary>How long a run waits for the job to end and its model to be deployed. Default one day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan DeploymentDeadline { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// The shortest wait between two looks at a job that has not ended, or for a deployment that is not there; it grows to ten times that.
    /// Default one minute.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CheckEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How many of a job's latest checkpoints are evaluated beside the tuned model; at Azure OpenAI only with <c>Deploy</c>. Default 0.
    /// </summary>
    [Range(0, 19)]
    public int Checkpoints { get; set; }

    /// <summary>
    /// Whether the app itself deploys the tuned models of Azure OpenAI, and removes the deployments when their runs have ended. The app's
    /// identity needs the right to write and delete the account's deployments. Default false.
    /// </summary>
    public bool Deploy { get; set; }

    /// <summary>
    /// SKU of these deployments, in the words of Azure Resource Manager: <c>DeveloperTier</c>, which is paid by token alone and which Azure
    /// deletes after 24 hours, <c>GlobalStandard</c>, <c>Standard</c> and others. Default <c>DeveloperTier</c>.
    /// </summary>
    [Required, RegularExpression(@"\A[A-Za-z]{1,64}\z")]
    public string DeploySku { get; set; } = "DeveloperTier";

    /// <summary>Capacity of each of these deployments; for most SKUs, thousands of tokens a minute. Default 50.</summary>
    [Range(1, 100_000)]
    public int DeployCapacity { get; set; } = 50;

    /// <summary>
    /// Beginning of the names of these deployments. The app removes none with another name, even if it made it. Default <c>fe-</c>.
    /// </summary>
    [Required, RegularExpression(@"\A[A-Za-z0-9][A-Za-z0-9_-]{1,23}\z")]
    public string DeployPrefix { get; set; } = "fe-";

    /// <summary>How long after its creation such a deployment is removed, even if runs still call it. Default one day.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "7.00:00:00")]
    public TimeSpan DeployRemoveAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// What such a deployment costs an hour beside its tokens, in the currency of the models' prices. Default 0, as for
    /// <c>DeveloperTier</c>.
    /// </summary>
    [Range(0.0, 10_000.0)]
    public decimal DeployHourlyPrice { get; set; }

    /// <summary>Whether there is anything to look up.</summary>
    public bool IsConfigured => Endpoint is not null;

    /// <summary>Whether the app deploys tuned models itself.</summary>
    public bool Deploys => Deploy && IsConfigured && Provider.CallsDeployments;
}

/// <summary>Completes the options and names each setting that cannot be used, with the fix.</summary>
internal sealed class FineTuningOptionsSetup(ModelRegistry models)
    : IPostConfigureOptions<FineTuningOptions>,
        IValidateOptions<FineTuningOptions>
{
    public void PostConfigure(string? name, FineTuningOptions options)
    {
        // An app setting that is there without a value is one that is not set.
        options.ApiKey = NullIfEmpty(options.ApiKey);
        options.TokenScope = NullIfEmpty(options.TokenScope);
        options.Model = NullIfEmpty(options.Model);
        options.ResourceId = NullIfEmpty(options.ResourceId);
        options.WebhookSecret = NullIfEmpty(options.WebhookSecret);
        if (options is { Endpoint: null, ApiKey: not null })
        {
            options.Endpoint = options.Provider.DefaultEndpoint;
        }

        if (options.Endpoint is { } address && FindProblem(address) is null && Read(options, address) is { Problem: null } reading)
        {
            (options.Endpoint, options.ApiVersion) = (reading.Endpoint, reading.ApiVersion);
        }
    }

    /// <summary>Reads the endpoint's address. The default version is none that somebody wrote.</summary>
    private static EndpointReading Read(FineTuningOptions options, Uri address) =>
        options.Provider.ReadEndpoint(
            address,
            options.ApiVersion == ModelOptions.DefaultApiVersion ? null : options.ApiVersion,
            setting => $"{FineTuningOptions.Section}__{setting}"
        );

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    public ValidateOptionsResult Validate(string? name, FineTuningOptions options)
    {
        var failures = new List<string>();
        if (options.WebhookSecret is { } secret && WebhookSignature.TryCreate(secret) is null)
        {
            Fail(
                nameof(options.WebhookSecret),
                "is not a webhook secret. Paste the secret that begins with whsec_ again, or two of them separated by a space. "
                    + "(Its value is not shown.)"
            );
        }

        if (options is { IsConfigured: false, WebhookSecret: not null } or { IsConfigured: false, Poll: true })
        {
            Fail(nameof(options.Endpoint), "missing; the app reads every job from this address, whatever an event says.");
        }

        // Models without fine-tuning are looked up there too, with the identity's token.
        if ((FindProblem(options.ManagementEndpoint) ?? FindQuery(options.ManagementEndpoint)) is { } unsafeAddress)
        {
            Fail(nameof(options.ManagementEndpoint), unsafeAddress);
        }

        if (options.IsConfigured)
        {
            CheckService(options, Fail);
        }

        CheckDeployments(options, Fail);
        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;

        void Fail(string setting, string message) => failures.Add($"{FineTuningOptions.Section}__{setting}: {message}");
    }

    private void CheckService(FineTuningOptions options, Action<string, string> fail)
    {
        if ((FindProblem(options.Endpoint!) ?? Read(options, options.Endpoint!).Problem) is { } problem)
        {
            fail(nameof(options.Endpoint), problem);
        }

        if (options is { TokenScope: not null, ApiKey: not null })
        {
            fail(nameof(options.TokenScope), "is for calls with the app's identity, but FineTuning__ApiKey is set; remove one of them.");
        }

        if (
            options.Model is null
            || !models.Names.Contains(options.Model, StringComparer.OrdinalIgnoreCase)
            || !options.Model.Contains('*')
        )
        {
            fail(
                nameof(options.Model),
                "must be the name of a model template, such as tuned/*: "
                    + "add Models__tuned__Name=tuned/*, Models__tuned__Deployment=*, Models__tuned__Endpoint, …"
            );
        }

        if (options is { Provider.CallsDeployments: true, ResourceId: null })
        {
            fail(
                nameof(options.ResourceId),
                "missing; write the resource id of the Azure OpenAI account. The app searches its deployments."
            );
        }
    }

    private static void CheckDeployments(FineTuningOptions options, Action<string, string> fail)
    {
        if (options is { Deploy: true, Deploys: false })
        {
            fail(
                nameof(options.Deploy),
                options.IsConfigured
                    ? "only Azure OpenAI's models are deployed; remove it. The models of other services are called by their names."
                    : "needs FineTuning__Endpoint, the account whose jobs are followed."
            );
        }

        if (options is { Checkpoints: > 0, Deploy: false, IsConfigured: true, Provider.CallsDeployments: true })
        {
            fail(nameof(options.Checkpoints), "needs FineTuning__Deploy=true, because nobody else deploys checkpoints.");
        }
    }

    private static string? FindProblem(Uri endpoint) =>
        !SecureAddress.IsAllowed(endpoint) ? "use an https address (http is allowed for this machine only)."
        : endpoint.UserInfo.Length > 0 ? "has a user name in it; remove it."
        : null;

    private static string? FindQuery(Uri endpoint) => endpoint.Query.Length > 0 ? "has a query in it; remove it." : null;
}
