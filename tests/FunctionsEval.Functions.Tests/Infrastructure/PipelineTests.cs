using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FunctionsEval.Hooks;
using YamlDotNet.RepresentationModel;

namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>What a variable of azd, a workflow or a pipeline sets is a parameter of the template, and the other way round.</summary>
public sealed partial class PipelineTests
{
    /// <summary>What azd and the sign-in take, and no parameter.</summary>
    private static readonly string[] SignIn = ["AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_SUBSCRIPTION_ID"];

    /// <summary>Taken by a hook: the template of the events is no part of the deployment.</summary>
    private static readonly string[] OfHooks = ["EXISTING_TOPIC_NAME", "DurableTaskSchedulerPackage"];

    /// <summary>Files of models and settings are no values of a variable.</summary>
    private static readonly string[] Files = ["models", "settings"];

    [Fact]
    public async Task Every_parameter_is_a_variable_with_the_template_s_default()
    {
        Bicep.SkipWhereMissing();
        var compiled = JsonNode.Parse(
            await Bicep.RunAsync(Repository.Root, TestContext.Current.CancellationToken, "build", "infra/main.bicep", "--stdout")
        )!["parameters"]!.AsObject();
        var given = Parameters("main");

        Assert.Empty(compiled.Select(parameter => parameter.Key).Except(given.Keys).Except(Files));
        foreach (var (name, (_, written)) in given.Where(parameter => parameter.Value.Default is not null))
        {
            Assert.Equal(compiled[name]!["defaultValue"]?.ToString().ToLowerInvariant() ?? "", written!.ToLowerInvariant());
        }
    }

    [Fact]
    public void Every_variable_is_described()
    {
        var described = Repository.Read("infra", "README.md");

        Assert.All(Variables().Concat(OfHooks), name => Assert.Contains($"`{name}`", described, StringComparison.Ordinal));
    }

    [Fact]
    public void Workflow_hands_every_variable_to_azd_and_no_secret()
    {
        var job = (YamlMappingNode)Load(".github", "workflows", "deploy-environment.yml")["jobs"]["azd"];
        var given = ((YamlMappingNode)job["env"]).ToDictionary(variable => (string)variable.Key!, variable => (string)variable.Value!);

        Assert.Equal(Variables().Concat(OfHooks).Concat(SignIn).Order(StringComparer.Ordinal), given.Keys.Order(StringComparer.Ordinal));
        Assert.All(given, variable => Assert.Matches($@"^\$\{{\{{ vars\.{variable.Key}( \|\| '(\[\]|\{{\}})')? \}}\}}$", variable.Value));
        Assert.All(
            new[]
            {
                ".github/workflows/deploy.yml",
                ".github/workflows/deploy-environment.yml",
                ".azdo/pipelines/azure-dev.yml",
                ".azdo/pipelines/azd-steps.yml",
            },
            file => Assert.DoesNotContain("secrets.", Repository.Read(file.Split('/')), StringComparison.Ordinal)
        );
    }

    /// <summary>Code of a pull request runs in it: it gets neither an environment's identity nor a step that changes anything.</summary>
    [Fact]
    public void Pull_request_only_looks()
    {
        var jobs = (YamlMappingNode)Load(".github", "workflows", "deploy.yml")["jobs"];
        var looking = (YamlMappingNode)jobs["what-if"];
        var steps = (YamlSequenceNode)Load(".github", "workflows", "deploy-environment.yml")["jobs"]["azd"]["steps"];

        Assert.Equal("what-if", Assert.Single((YamlMappingNode)looking["with"]).Value);
        Assert.All(
            jobs.Where(job => (string?)job.Key != "what-if"),
            job =>
                Assert.True(
                    job.Value.ToString().Contains("needs", StringComparison.Ordinal)
                        || ((string)job.Value["if"]!).Contains("!= 'pull_request'", StringComparison.Ordinal)
                )
        );
        foreach (var step in steps.Cast<YamlMappingNode>().Where(step => step.Children.ContainsKey("run")))
        {
            var line = (string)step["run"]!;
            var changes =
                line.Contains("azd ", StringComparison.Ordinal)
                && !line.Contains("--preview", StringComparison.Ordinal)
                && !line.Contains("azd config", StringComparison.Ordinal);
            Assert.Equal(changes, step.Children.TryGetValue("if", out var condition) && (string?)condition == "inputs.command == 'deploy'");
        }

        var pipeline = Load(".azdo", "pipelines", "azure-dev.yml");
        var stages = (YamlSequenceNode)pipeline["stages"];
        Assert.Equal(
            "and(eq(variables['Build.Reason'], 'PullRequest'), eq(variables['WHAT_IF'], 'true'))",
            (string?)stages[0]["condition"]
        );
        Assert.Equal("ne(variables['Build.Reason'], 'PullRequest')", (string?)stages[1]["condition"]);
        Assert.Equal("test", (string?)stages[2]["dependsOn"]);
    }

    [Theory]
    [InlineData("test")]
    [InlineData("production")]
    public void Environments_have_the_same_names_in_both_systems(string environment)
    {
        var job = Load(".github", "workflows", "deploy.yml")["jobs"][environment];
        var stages = (YamlSequenceNode)Load(".azdo", "pipelines", "azure-dev.yml")["stages"];

        Assert.Equal(environment, (string?)job["with"]["environment"]);
        Assert.Contains(stages, stage => (string?)stage["stage"] == environment && (string?)stage["jobs"][0]["environment"] == environment);
    }

    /// <summary>What the hook registers is what the templates need; Azure has these two registered always.</summary>
    [Fact]
    public async Task Hook_registers_the_providers_of_all_resources()
    {
        Bicep.SkipWhereMissing();
        var deployment = await Deployment.OfAsync(
            "main.bicep",
            """
            param environmentName = 'test'
            param location = 'westeurope'
            param createOpenAi = true
            param vnetEnabled = true
            param alertActionGroupId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Insights/actionGroups/a'
            """,
            changes: [],
            TestContext.Current.CancellationToken
        );
        var variables = new Dictionary<string, string> { ["VNET_ENABLED"] = "true", ["CREATE_OPENAI"] = "true" };
        var used = deployment
            .Resources.Select(resource => ((string)resource["type"]!).Split('/')[0])
            .Append("Microsoft.EventGrid") // events.bicep
            .Append("Microsoft.App") // The delegation of the app's subnet.
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Except(["Microsoft.Authorization", "Microsoft.Resources"], StringComparer.OrdinalIgnoreCase);

        Assert.Equal(
            used.Order(StringComparer.OrdinalIgnoreCase),
            Providers.Needed(new HookEnvironment(variables.GetValueOrDefault)).Order(StringComparer.OrdinalIgnoreCase),
            StringComparer.OrdinalIgnoreCase
        );
    }

    /// <summary>What the sizing parameters make of the app and its plan.</summary>
    [Theory]
    [InlineData("", 2048, 40, "[]", false)]
    [InlineData(
        "param instanceMemoryMB = 512\nparam maximumInstanceCount = 1\nparam alwaysReadyHttp = 1\nparam alwaysReadyDurable = 2\nparam zoneRedundant = true",
        512,
        1,
        """[{"name":"http","instanceCount":1},{"name":"durable","instanceCount":2}]""",
        true
    )]
    public async Task Sizes_reach_the_app(string parameters, int memory, int most, string ready, bool redundant)
    {
        Bicep.SkipWhereMissing();
        var deployment = await Deployment.OfAsync(
            "main.bicep",
            "param environmentName = 'test'\nparam location = 'westeurope'\n" + parameters,
            changes: [],
            TestContext.Current.CancellationToken
        );
        var scale = deployment.OfType("Microsoft.Web/sites").Single()["properties"]!["functionAppConfig"]!["scaleAndConcurrency"]!;

        Assert.Equal(
            (memory, most, ready),
            ((int)scale["instanceMemoryMB"]!, (int)scale["maximumInstanceCount"]!, scale["alwaysReady"]!.ToJsonString())
        );
        Assert.Equal(redundant, (bool)deployment.OfType("Microsoft.Web/serverfarms").Single()["properties"]!["zoneRedundant"]!);
    }

    /// <summary>The other order makes a failed run of each dataset first.</summary>
    [Fact]
    public void Next_steps_upload_the_spec_first()
    {
        var steps = Repository.Read("infra", "resources.bicep").Split("output NEXT_STEPS")[1];

        Assert.True(
            steps.IndexOf("evaluation.json", StringComparison.Ordinal) is > 0 and var spec
                && spec < steps.IndexOf("*.jsonl", StringComparison.Ordinal)
        );
    }

    /// <summary>azd writes what the outputs of the chosen template say: both have the same.</summary>
    [Fact]
    public void Both_templates_have_the_same_outputs() =>
        Assert.Equal(OutputsOf("main.bicep").Order(StringComparer.Ordinal), OutputsOf("resources.bicep").Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("/node:")]
    [InlineData("/azure-cli:")]
    [InlineData("/azd:")]
    public void Dev_container_has_what_deploys(string feature) =>
        Assert.Contains(
            JsonNode.Parse(Repository.Read(".devcontainer", "devcontainer.json"))!["features"]!.AsObject(),
            one => one.Key.Contains(feature, StringComparison.Ordinal)
        );

    private static IEnumerable<string> OutputsOf(string template) =>
        Output().Matches(Repository.Read("infra", template)).Select(match => match.Groups[1].Value);

    /// <summary>The variables that are parameters; azd knows itself who deploys.</summary>
    private static IEnumerable<string> Variables() =>
        Parameters("main").Values.Select(parameter => parameter.Variable).Where(name => name != "AZURE_PRINCIPAL_ID");

    private static Dictionary<string, (string Variable, string? Default)> Parameters(string template) =>
        JsonNode.Parse(Repository.Read("infra", $"{template}.parameters.json"))!["parameters"]!
            .AsObject()
            .ToDictionary(
                parameter => parameter.Key,
                parameter =>
                {
                    var match = Variable().Match((string)parameter.Value!["value"]!);
                    Assert.True(match.Success, parameter.Key);
                    return (match.Groups[1].Value, match.Groups[3].Success ? match.Groups[3].Value : null);
                }
            );

    private static YamlNode Load(params string[] file)
    {
        var yaml = new YamlStream();
        using var reader = new StreamReader(Repository.PathOf(file));
        yaml.Load(reader);
        return yaml.Documents[0].RootNode;
    }

    [GeneratedRegex(@"^\$\{([A-Z_]+)(=(.*))?\}$")]
    private static partial Regex Variable();

    [GeneratedRegex("^output ([A-Z_]+) ", RegexOptions.Multiline)]
    private static partial Regex Output();
}
