using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.ModelClients;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Tests.FineTuning;

/// <summary>Settings as an operator writes them, through the app's own registration.</summary>
public sealed class FineTuningOptionsTests
{
    private static readonly (string, string)[] Azure =
    [
        ("FineTuning:Endpoint", "https://my-resource.openai.azure.com"),
        ("FineTuning:Model", "tuned/*"),
        ("FineTuning:ResourceId", "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a"),
    ];

    [Fact]
    public void Nothing_set_is_nothing_to_look_up() => Assert.False(Read().IsConfigured);

    [Fact]
    public void Azure_needs_endpoint_template_and_account()
    {
        var options = Read(Azure);
        Assert.True(options.IsConfigured);
        Assert.Equal(
            (TimeSpan.FromDays(1), TimeSpan.FromMinutes(1), "2024-10-21"),
            (options.DeploymentDeadline, options.CheckEvery, options.ApiVersion)
        );
    }

    /// <summary>Retirement dates of models are read there with the identity's token, with fine-tuning or without.</summary>
    [Fact]
    public void Resource_manager_is_never_asked_without_encryption_also_where_no_job_is_looked_up() =>
        Assert.Contains(
            "FineTuning__ManagementEndpoint: use an https address",
            Assert.Throws<OptionsValidationException>(() => Read(("FineTuning:ManagementEndpoint", "http://management"))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void OpenAI_has_an_endpoint_of_its_own() =>
        Assert.Equal(
            new Uri("https://api.openai.com/v1"),
            Read(("FineTuning:Provider", "OpenAI"), ("FineTuning:ApiKey", "key"), ("FineTuning:Model", "tuned/*")).Endpoint
        );

    [Fact]
    public void App_deploys_nothing_unless_it_is_told_to_and_then_for_developers()
    {
        Assert.False(Read(Azure).Deploys);
        var options = Read([.. Azure, ("FineTuning:Deploy", "true"), ("FineTuning:Checkpoints", "3")]);
        Assert.True(options.Deploys);
        Assert.Equal(
            ("DeveloperTier", 50, "fe-", TimeSpan.FromDays(1), 0m, 3),
            (
                options.DeploySku,
                options.DeployCapacity,
                options.DeployPrefix,
                options.DeployRemoveAfter,
                options.DeployHourlyPrice,
                options.Checkpoints
            )
        );
    }

    [Theory]
    [InlineData("FineTuning__Checkpoints: needs FineTuning__Deploy=true", "Checkpoints", "1")]
    [InlineData("DeployPrefix", "DeployPrefix", "../")]
    [InlineData("DeploySku", "DeploySku", "Developer Tier")]
    [InlineData("Checkpoints", "Checkpoints", "20")]
    public void Deployment_setting_that_cannot_be_used_is_named(string expected, string setting, string value) =>
        Assert.Contains(
            expected,
            Assert.Throws<OptionsValidationException>(() => Read([.. Azure, ($"FineTuning:{setting}", value)])).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Only_models_of_azure_are_deployed() =>
        Assert.Contains(
            "FineTuning__Deploy: only Azure OpenAI's models are deployed",
            Assert
                .Throws<OptionsValidationException>(() =>
                    Read(
                        ("FineTuning:Provider", "OpenAI"),
                        ("FineTuning:ApiKey", "key"),
                        ("FineTuning:Model", "tuned/*"),
                        ("FineTuning:Deploy", "true")
                    )
                )
                .Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("https://n.openai.azure.com/openai/v1/", "https://n.openai.azure.com/openai/v1/fine_tuning/jobs")]
    [InlineData("https://n.openai.azure.com/openai", "https://n.openai.azure.com/openai/fine_tuning/jobs?api-version=2024-10-21")]
    [InlineData(
        "https://n.openai.azure.com/openai/deployments/d/chat/completions?api-version=2025-01-01-preview",
        "https://n.openai.azure.com/openai/fine_tuning/jobs?api-version=2025-01-01-preview"
    )]
    [InlineData(
        "https://n.services.ai.azure.com/api/projects/p",
        "https://n.services.ai.azure.com/api/projects/p/openai/v1/fine_tuning/jobs"
    )]
    public void Address_of_a_portal_is_taken_as_for_models(string endpoint, string jobs)
    {
        var options = Read([.. Azure.Where(pair => pair.Item1 != "FineTuning:Endpoint"), ("FineTuning:Endpoint", endpoint)]);

        Assert.Equal(jobs, options.Provider.AccountRoute(options.Endpoint!, options.ApiVersion, "fine_tuning/jobs").AbsoluteUri);
    }

    [Theory]
    [InlineData("Endpoint", "https://n.openai.azure.com/openai/v1?key=SECRETVALUE", "FineTuning__Endpoint: has more in its query")]
    [InlineData("ApiVersion", "latest", "FineTuning__ApiVersion: write a date")]
    [InlineData("TokenScope", "https://ai.azure.com", "FineTuning__TokenScope: write the scope")]
    [InlineData("ManagementEndpoint", "https://management?SECRETVALUE", "FineTuning__ManagementEndpoint: has a query")]
    [InlineData("WebhookSecret", "whsec_SECRETVALUE", "FineTuning__WebhookSecret: is not a webhook secret")]
    [InlineData("Endpoint", "http://my-resource.openai.azure.com", "FineTuning__Endpoint: use an https address")]
    [InlineData("Endpoint", "https://user:SECRETVALUE@host", "FineTuning__Endpoint: has a user name")]
    [InlineData("ManagementEndpoint", "http://management", "FineTuning__ManagementEndpoint: use an https address")]
    [InlineData("Model", "tuned", "FineTuning__Model: must be the name of a model template")]
    [InlineData("ResourceId", "", "FineTuning__ResourceId: missing")]
    public void Value_that_cannot_be_used_is_named_with_the_fix_and_without_secrets(string setting, string value, string expected)
    {
        var error = Assert.Throws<OptionsValidationException>(() =>
            Read([.. Azure.Where(pair => pair.Item1 != $"FineTuning:{setting}"), ($"FineTuning:{setting}", value)])
        );
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRETVALUE", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("WebhookSecret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("Poll", "true")]
    public void Events_without_an_endpoint_are_refused(string setting, string value) =>
        Assert.Contains(
            "FineTuning__Endpoint: missing",
            Assert.Throws<OptionsValidationException>(() => Read(($"FineTuning:{setting}", value))).Message,
            StringComparison.Ordinal
        );

    private static FineTuningOptions Read(params (string Key, string Value)[] settings)
    {
        (string Key, string Value)[] models =
        [
            ("Models:tuned:Name", "tuned/*"),
            ("Models:tuned:Deployment", "*"),
            ("Models:tuned:Endpoint", "https://my-resource.openai.azure.com"),
        ];
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([.. models.Concat(settings).Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))])
            .Build();
        using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(configuration)
            .AddModels(configuration)
            .AddFineTuning()
            .BuildServiceProvider();
        return services.GetRequiredService<IOptions<FineTuningOptions>>().Value;
    }
}
