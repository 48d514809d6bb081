using System.Text.Json.Nodes;
using FunctionsEval.Functions.Triggers.Events;
using YamlDotNet.RepresentationModel;

namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>The templates compile, and what stands beside them names what is in them.</summary>
public sealed class TemplateTests
{
    /// <summary>
    /// A finding of the linter (bicepconfig.json) is an error or a warning; both are printed, with the file. One process reads all
    /// templates.
    /// </summary>
    [Fact]
    public async Task Templates_compile_without_a_word()
    {
        Bicep.SkipWhereMissing();
        Assert.Equal("", await LintAsync(Repository.PathOf("infra")));
    }

    /// <summary>Neither a file at the top nor one in a folder is passed over.</summary>
    [Theory]
    [InlineData("unused.bicep", "param unused string\n", "no-unused-params")]
    [InlineData("modules/unused.bicep", "param unused string\n", "no-unused-params")]
    [InlineData(
        "old.bicep",
        "resource old 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {\n  name: 'old'\n}\noutput id string = old.id\n",
        "use-recent-api-versions"
    )]
    public async Task Finding_of_the_linter_fails(string file, string template, string rule)
    {
        Bicep.SkipWhereMissing();
        var folder = Directory.CreateTempSubdirectory("functionseval-lint-").FullName;
        try
        {
            File.Copy(Repository.PathOf("infra", "bicepconfig.json"), Path.Combine(folder, "bicepconfig.json"));
            Directory.CreateDirectory(Path.Combine(folder, "modules"));
            await File.WriteAllTextAsync(Path.Combine(folder, file), template, TestContext.Current.CancellationToken);
            var found = await Assert.ThrowsAsync<InvalidOperationException>(() => LintAsync(folder));
            Assert.Contains(file, found.Message, StringComparison.Ordinal);
            Assert.Contains(rule, found.Message, StringComparison.Ordinal);
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
    /// azd takes the file that is named as the template is (<c>module: resources</c> for a resource group that is there).
    /// </summary>
    [Fact]
    public void Parameters_of_a_resource_group_that_is_there_are_the_same() =>
        Assert.Equal(Repository.Read("infra", "main.parameters.json"), Repository.Read("infra", "resources.parameters.json"));

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
    public void Azd_publishes_the_app_to_the_resource_with_its_tag()
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
    }

    [Fact]
    public void Webhook_that_is_subscribed_is_a_function() =>
        Assert.Contains(nameof(EventGridWebhook), AppFunction.All.Select(function => function.Name));

    private static Task<string> LintAsync(string folder) =>
        Bicep.RunAsync(folder, TestContext.Current.CancellationToken, "lint", "--pattern", "**/*.bicep");

    private static async Task<JsonObject> CompileAsync(string template) =>
        JsonNode
            .Parse(await Bicep.RunAsync(Repository.Root, TestContext.Current.CancellationToken, "build", template, "--stdout"))!
            .AsObject();
}
