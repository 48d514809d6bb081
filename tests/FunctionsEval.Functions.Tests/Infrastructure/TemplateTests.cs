using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FunctionsEval.Functions.Triggers.Events;
using YamlDotNet.RepresentationModel;

namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>The templates compile, and what stands beside them names what is in them.</summary>
public sealed partial class TemplateTests
{
    public static TheoryData<string> Templates =>
        [
            .. Directory
                .EnumerateFiles(Repository.PathOf("infra"), "*.bicep", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Repository.Root, file))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>A finding of the linter (bicepconfig.json) is an error or a warning; both are printed.</summary>
    [Theory]
    [MemberData(nameof(Templates))]
    public async Task Template_compiles_without_a_word(string template)
    {
        Bicep.SkipWhereMissing();
        Assert.Equal("", await Bicep.RunAsync(Repository.Root, TestContext.Current.CancellationToken, "lint", template));
    }

    [Fact]
    public async Task Finding_of_the_linter_fails()
    {
        Bicep.SkipWhereMissing();
        var folder = Directory.CreateTempSubdirectory("functionseval-lint-").FullName;
        try
        {
            File.Copy(Repository.PathOf("infra", "bicepconfig.json"), Path.Combine(folder, "bicepconfig.json"));
            await File.WriteAllTextAsync(
                Path.Combine(folder, "unused.bicep"),
                "param unused string\n",
                TestContext.Current.CancellationToken
            );
            var found = await Assert.ThrowsAsync<InvalidOperationException>(() =>
                Bicep.RunAsync(folder, TestContext.Current.CancellationToken, "lint", "unused.bicep")
            );
            Assert.Contains("no-unused-params", found.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Parameter_file_names_parameters_of_the_template_and_all_it_must()
    {
        Bicep.SkipWhereMissing();
        var parameters = (await CompileAsync("infra/main.bicep"))["parameters"]!.AsObject();
        var given = JsonNode.Parse(
            await File.ReadAllTextAsync(Repository.PathOf("infra", "main.parameters.json"), TestContext.Current.CancellationToken)
        )!["parameters"]!.AsObject();

        Assert.Empty(given.Select(parameter => parameter.Key).Except(parameters.Select(parameter => parameter.Key)));
        Assert.Empty(
            parameters
                .Where(parameter => parameter.Value!["defaultValue"] is null)
                .Select(parameter => parameter.Key)
                .Except(given.Select(parameter => parameter.Key))
        );
    }

    /// <summary>
    /// A parameter of the resource group's template that the subscription's does not pass on keeps its default there; their descriptions
    /// must not drift apart.
    /// </summary>
    [Fact]
    public async Task Both_templates_agree_on_the_parameters_they_share()
    {
        Bicep.SkipWhereMissing();
        var outer = (await CompileAsync("infra/main.bicep"))["parameters"]!.AsObject();
        var inner = (await CompileAsync("infra/resources.bicep"))["parameters"]!.AsObject();
        Assert.Empty(outer.Select(parameter => parameter.Key).Except(inner.Select(parameter => parameter.Key)));
        Assert.All(
            outer.Where(parameter => parameter.Key != "location"),
            parameter =>
                Assert.Equal(parameter.Value!["defaultValue"]?.ToJsonString(), inner[parameter.Key]!["defaultValue"]?.ToJsonString())
        );
    }

    [Fact]
    public void Azd_publishes_the_app_to_the_resource_with_its_tag_and_then_subscribes()
    {
        var yaml = new YamlStream();
        using (var reader = new StreamReader(Repository.PathOf("azure.yaml")))
        {
            yaml.Load(reader);
        }

        var root = (YamlMappingNode)yaml.Documents[0].RootNode;
        var (service, definition) = Assert.Single((YamlMappingNode)root["services"]);

        Assert.Equal("src/FunctionsEval.Functions", (string?)definition["project"]);
        Assert.Equal("function", (string?)definition["host"]);
        Assert.Contains(
            $"'azd-service-name': '{service}'",
            Repository.Read("infra", "modules", "function-app.bicep"),
            StringComparison.Ordinal
        );
        var events = Repository.Read("infra", "events.bicep");
        var outputs = OutputName().Matches(Repository.Read("infra", "main.bicep")).Select(match => match.Groups[1].Value).ToList();
        foreach (var shell in new[] { "posix", "windows" })
        {
            var script = (string)root["hooks"]["postdeploy"][shell]["run"]!;
            Assert.Contains("--template-file infra/events.bicep", script, StringComparison.Ordinal);
            Assert.All(
                EventParameter().Matches(script),
                match => Assert.Contains($"param {match.Groups[1].Value} string", events, StringComparison.Ordinal)
            );
            Assert.Equal(3, EventParameter().Count(script));
            // azd hands a hook the outputs and its own AZURE_SUBSCRIPTION_ID; LASTEXITCODE is PowerShell's.
            Assert.Empty(
                Variable()
                    .Matches(script)
                    .Select(match => match.Groups[1].Value)
                    .Except([.. outputs, "AZURE_SUBSCRIPTION_ID", "LASTEXITCODE"])
            );
            Assert.All(
                ["AZURE_SUBSCRIPTION_ID", "AZURE_RESOURCE_GROUP", "FUNCTION_APP_NAME", "STORAGE_ACCOUNT_NAME", "DATASETS_CONTAINER"],
                name => Assert.Contains(name, script, StringComparison.Ordinal)
            );
        }
    }

    [Fact]
    public void Webhook_that_is_subscribed_is_a_function() =>
        Assert.Contains(nameof(EventGridWebhook), AppFunction.All.Select(function => function.Name));

    private static async Task<JsonObject> CompileAsync(string template) =>
        JsonNode
            .Parse(await Bicep.RunAsync(Repository.Root, TestContext.Current.CancellationToken, "build", template, "--stdout"))!
            .AsObject();

    [GeneratedRegex("^output ([A-Z_]+) ", RegexOptions.Multiline)]
    private static partial Regex OutputName();

    [GeneratedRegex(@"\b([a-z][A-Za-z]+)=[""$]")]
    private static partial Regex EventParameter();

    [GeneratedRegex(@"\$(?:env:)?([A-Z][A-Z_]+)")]
    private static partial Regex Variable();
}
