using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Settings;
using FunctionsEval.Functions.Triggers.Events;
using Microsoft.Extensions.Configuration;

namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>What the templates make, held against the app and against <see cref="DeploymentRules"/>.</summary>
public sealed class DeploymentTests
{
    internal const string Smallest = """
        param environmentName = 'test'
        param location = 'westeurope'
        """;

    private const string Existing =
        Smallest
        + "\n"
        + """
            param openAiName = 'mine'
            param openAiResourceGroup = 'elsewhere'
            param models = [
              { name: 'base', deployment: 'gpt' }
              { name: 'own', provider: 'OpenAICompatible', endpoint: 'https://models.example.com/v1', deployment: 'llama' }
            ]
            """;

    private const string Everything =
        Smallest
        + "\n"
        + """
            param createOpenAi = true
            param vnetEnabled = true
            param tags = { costCenter: '7' }
            param alertActionGroupId = '/subscriptions/s/resourceGroups/operations/providers/Microsoft.Insights/actionGroups/on-call'
            param dailyBudget = 50
            param deleteRunsAfterDays = 90
            param fineTuningModel = 'tuned/*'
            param deployTunedModels = true
            param allowedIpRanges = ['203.0.113.0/24']
            param entraClientId = '00000000-0000-0000-0000-00000000000a'
            param uploaderPrincipalId = '00000000-0000-0000-0000-00000000000b'
            param settings = { FineTuning__Poll: true, Notifications__Queue: 'verdicts', ModelCalls__MaxAttempts: 3 }
            param models = [
              {
                name: 'everything'
                provider: 'OpenAI'
                endpoint: 'https://api.openai.com/v1'
                deployment: 'gpt'
                api: 'Completions'
                apiVersion: '2024-10-21'
                timeout: '00:01:00'
                maxConcurrency: 8
                requestsPerMinute: 60
                tokensPerMinute: 1000
                inputPricePerMillionTokens: '0.15'
                cachedInputPricePerMillionTokens: '0.075'
                outputPricePerMillionTokens: '0.60'
                allowImageAddresses: true
                apiKeySecretUri: 'https://vault.example.com/secrets/key'
              }
              {
                name: 'base'
                deployment: 'base'
                tokenScope: 'https://ai.azure.com/.default'
                resourceId: '/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a'
                create: { model: 'gpt', version: '1', capacity: 10 }
              }
              { name: 'tuned/*', deployment: '*' }
            ]
            """;

    [Fact]
    public Task Smallest_deployment_keeps_to_the_rules() => KeepsToTheRulesAsync(Smallest);

    [Fact]
    public Task Deployment_with_an_existing_account_keeps_to_the_rules() => KeepsToTheRulesAsync(Existing);

    [Fact]
    public Task Deployment_with_everything_keeps_to_the_rules() => KeepsToTheRulesAsync(Everything);

    /// <summary>
    /// Each rule can fail: it finds what it is for in templates that were changed. (The tests above show that it finds nothing in those
    /// that were not.)
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Changed_template_breaks_the_rule(int list)
    {
        Bicep.SkipWhereMissing();
        var deployment = await Deployment.OfAsync(
            "main.bicep",
            Everything,
            DeploymentChanges.ThatBreakRules[list],
            TestContext.Current.CancellationToken
        );
        var broken = DeploymentRules.Check(deployment, new Expected(HasOpenAi: true, HasUploader: true, IsPrivate: true));
        Assert.Empty(DeploymentChanges.ThatBreakRules[list].Select(change => change.Broken).Except(broken));
    }

    /// <summary>
    /// The app reads the settings that the template makes of models with every field, and takes them. A model with a key has no scope.
    /// </summary>
    [Fact]
    public async Task Models_with_every_field_become_settings_that_the_app_takes()
    {
        Bicep.SkipWhereMissing();
        var deployment = await Deployment.OfAsync("main.bicep", Everything, changes: [], TestContext.Current.CancellationToken);
        var failures = new List<string>();
        var models = ModelOptionsReader.Read(Configuration(deployment), failures);

        Assert.Empty(failures);
        Assert.Equal(["everything", "base", "tuned/*"], models.Select(model => model.Name));
        Assert.Equal(
            SettingsTable.OfModel.Order(StringComparer.Ordinal),
            deployment
                .Settings.Keys.Where(name => name.StartsWith("Models__", StringComparison.Ordinal))
                .Select(name => name.Split("__")[2])
                .Distinct()
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            (
                ModelProviders.OpenAI,
                "gpt",
                ModelProtocols.Completions,
                TimeSpan.FromMinutes(1),
                8,
                60,
                1000,
                0.15m,
                0.60m,
                true,
                "@Microsoft.KeyVault(SecretUri=https://vault.example.com/secrets/key)"
            ),
            (
                models[0].Provider,
                models[0].Deployment,
                models[0].Api,
                models[0].Timeout,
                models[0].MaxConcurrency,
                models[0].RequestsPerMinute,
                models[0].TokensPerMinute,
                models[0].InputPricePerMillionTokens,
                models[0].OutputPricePerMillionTokens,
                models[0].AllowImageAddresses,
                models[0].ApiKey
            )
        );
        Assert.Contains("Microsoft.CognitiveServices/accounts", deployment.Settings["Models__1__Endpoint"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fine_tuning_settings_are_complete()
    {
        Bicep.SkipWhereMissing();
        var deployment = await Deployment.OfAsync("main.bicep", Everything, changes: [], TestContext.Current.CancellationToken);
        var configuration = Configuration(deployment);
        var models = new ModelRegistry(
            ModelOptionsReader.Read(configuration, []),
            _ => throw new InvalidOperationException("No model is called.")
        );
        var options = configuration.GetSection(FineTuningOptions.Section).Get<FineTuningOptions>()!;

        Assert.Null(new FineTuningOptionsSetup(models).Validate(null, options).FailureMessage);
        Assert.True(options is { Deploys: true, Poll: true, Model: "tuned/*" });
        Assert.Matches(
            "^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft.CognitiveServices/accounts/[^/]+$",
            options.ResourceId!
        );
    }

    /// <summary>Only in the account's own resource group can a role on it be given.</summary>
    [Fact]
    public async Task Role_on_an_existing_account_is_given_in_its_resource_group()
    {
        Bicep.SkipWhereMissing();
        var deployment = await Deployment.OfAsync("main.bicep", Existing, changes: [], TestContext.Current.CancellationToken);
        Assert.Contains(
            deployment.OfType("Microsoft.Authorization/roleAssignments"),
            assignment =>
                ((string)assignment["id"]!).Contains(
                    "/resourceGroups/elsewhere/providers/Microsoft.CognitiveServices/accounts/mine",
                    StringComparison.Ordinal
                )
        );
        Assert.DoesNotContain(deployment.Resources, resource => (string?)resource["type"] == "Microsoft.CognitiveServices/accounts");
        Assert.Equal("https://models.example.com/v1", deployment.Settings["Models__1__Endpoint"]);
    }

    /// <summary>Whoever cannot sign in (Event Grid, OpenAI) is not asked to, and everybody else is.</summary>
    [Fact]
    public async Task Sign_in_leaves_out_the_webhooks_and_nothing_else()
    {
        Bicep.SkipWhereMissing();
        var deployment = await Deployment.OfAsync("main.bicep", Everything, changes: [], TestContext.Current.CancellationToken);
        var signIn = deployment.OfType("Microsoft.Web/sites/config").Single()["properties"]!["globalValidation"]!;
        var routes = new[] { nameof(EventGridWebhook), nameof(OpenAIWebhook) }.Select(RouteOf);
        Assert.True((bool)signIn["requireAuthentication"]!);
        Assert.Equal(
            routes.Order(StringComparer.Ordinal),
            signIn["excludedPaths"]!.AsArray().Select(path => (string)path!).Order(StringComparer.Ordinal)
        );
    }

    /// <summary>The template names containers as the app does.</summary>
    [Fact]
    public async Task Task_hub_of_the_settings_names_the_containers()
    {
        Bicep.SkipWhereMissing();
        var deployment = await Deployment.OfAsync(
            "main.bicep",
            Smallest + "\nparam settings = { AzureFunctionsJobHost__extensions__durableTask__hubName: 'Staging' }",
            changes: [],
            TestContext.Current.CancellationToken
        );
        var hub = TaskHub.From(Configuration(deployment));

        Assert.Equal(
            new[] { hub.ContainerOf(StorageNames.Datasets), hub.ContainerOf(StorageNames.Runs), "deployment" }.Order(
                StringComparer.Ordinal
            ),
            deployment
                .OfType("Microsoft.Storage/storageAccounts/blobServices/containers")
                .Select(container => ((string)container["name"]!).Split('/')[^1])
                .Order(StringComparer.Ordinal)
        );
    }

    private static async Task KeepsToTheRulesAsync(string parameters)
    {
        Bicep.SkipWhereMissing();
        var deployment = await Deployment.OfAsync("main.bicep", parameters, changes: [], TestContext.Current.CancellationToken);
        Assert.Empty(
            DeploymentRules.Check(
                deployment,
                new Expected(HasOpenAi: parameters != Smallest, HasUploader: parameters == Everything, IsPrivate: parameters == Everything)
            )
        );
    }

    /// <summary>The settings as the app reads them; an endpoint that is known only in Azure gets an address.</summary>
    private static IConfiguration Configuration(Deployment deployment) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(
                deployment.Settings.Select(setting =>
                    KeyValuePair.Create(
                        setting.Key.Replace("__", ":", StringComparison.Ordinal),
                        (string?)(
                            setting.Key.EndsWith("__Endpoint", StringComparison.Ordinal) && setting.Value.StartsWith('[')
                                ? "https://account.openai.azure.com/"
                                : setting.Value
                        )
                    )
                )
            )
            .Build();

    internal static string RouteOf(string name) => "/" + AppFunction.Http.Single(function => function.Name == name).Trigger.Route;
}
