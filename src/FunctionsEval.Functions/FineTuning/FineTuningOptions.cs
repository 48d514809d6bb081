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
    /// The endpoint's root, as for models; with <c>Provider</c> <c>OpenAI</c> and a key, <c>https://api.openai.com/v1</c> unless given.
    /// Without one no job is looked up.
    /// </summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The key; without one, Azure OpenAI is called with the app's identity.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Azure OpenAI's <c>api-version</c>. Default <see cref="ModelOptions.DefaultApiVersion"/>.</summary>
    [RegularExpression(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}(-preview)?\z")]
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

    /// <summary>Whether there is anything to look up.</summary>
    public bool IsConfigured => Endpoint is not null;
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
        options.Model = NullIfEmpty(options.Model);
        options.ResourceId = NullIfEmpty(options.ResourceId);
        options.WebhookSecret = NullIfEmpty(options.WebhookSecret);
        if (options is { Endpoint: null, ApiKey: not null })
        {
            options.Endpoint = options.Provider.DefaultEndpoint;
        }
    }

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

        if (options.IsConfigured)
        {
            Check(nameof(options.Endpoint), options.Endpoint!);
            Check(nameof(options.ManagementEndpoint), options.ManagementEndpoint);
            if (
                options.Model is null
                || !models.Names.Contains(options.Model, StringComparer.OrdinalIgnoreCase)
                || !options.Model.Contains('*')
            )
            {
                Fail(
                    nameof(options.Model),
                    "must be the name of a model template, such as tuned/*: "
                        + "add Models__tuned__Name=tuned/*, Models__tuned__Deployment=*, Models__tuned__Endpoint, …"
                );
            }

            if (options is { Provider.CallsDeployments: true, ResourceId: null })
            {
                Fail(
                    nameof(options.ResourceId),
                    "missing; write the resource id of the Azure OpenAI account. The app searches its deployments."
                );
            }
        }

        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;

        void Check(string setting, Uri endpoint)
        {
            if (FindProblem(endpoint) is { } problem)
            {
                Fail(setting, problem);
            }
        }

        void Fail(string setting, string message) => failures.Add($"{FineTuningOptions.Section}__{setting}: {message}");
    }

    private static string? FindProblem(Uri endpoint) =>
        !SecureAddress.IsAllowed(endpoint) ? "use an https address (http is allowed for this machine only)."
        : endpoint.UserInfo.Length > 0 || endpoint.Query.Length > 0 ? "has a user name or a query in it; remove it."
        : null;
}
