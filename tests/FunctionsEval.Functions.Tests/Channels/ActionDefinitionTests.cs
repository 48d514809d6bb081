using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace FunctionsEval.Functions.Tests.Channels;

/// <summary>action.yml, the pipeline template and the examples of both, beside what the script reads.</summary>
public sealed partial class ActionDefinitionTests
{
    [Fact]
    public void Action_passes_each_of_its_inputs_to_the_script_and_no_other()
    {
        var action = Read("action.yml");
        var declared = Names(Child(action, "inputs"));
        var environment = (YamlMappingNode)Child(Step(action), "env");

        // A template's token of another service alone is no input of the action.
        Assert.Equal(ScriptInputs().Except(["token"]), declared.Order(StringComparer.Ordinal));
        Assert.Equal(declared.Select(VariableOf).Order(StringComparer.Ordinal), Names(environment).Order(StringComparer.Ordinal));
        Assert.All(
            environment.Children,
            entry => Assert.Equal($"${{{{ inputs.{NameOf(((YamlScalarNode)entry.Key).Value!)} }}}}", ((YamlScalarNode)entry.Value).Value)
        );
    }

    [Fact]
    public void Outputs_are_those_that_the_script_writes()
    {
        var outputs = Names(Child(Read("action.yml"), "outputs"));
        var written = Written()
            .Matches(Repository.Read(".github", "action", "main.mjs"))
            .SelectMany(match => Member().Matches(match.Groups[1].Value));

        Assert.Equal(
            outputs.Order(StringComparer.Ordinal),
            written.Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Template_passes_only_what_the_script_reads()
    {
        var text = Repository.Read(".azuredevops", "evaluate.yml");
        var passed = Variable().Matches(text).Select(match => match.Value).Distinct().ToList();

        Assert.Equal(
            ScriptInputs()
                .Except(["azure-client-id", "azure-tenant-id", "app-id-uri", "azure-authority", "sha", "pull-request"])
                .Select(VariableOf)
                .Order(StringComparer.Ordinal),
            passed.Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("action.yml")]
    [InlineData(".azuredevops", "evaluate.yml")]
    [InlineData("docs", "promotion", "github-pull-request.yml")]
    [InlineData("docs", "promotion", "azure-pull-request.yml")]
    public void No_value_becomes_a_part_of_a_script(params string[] path)
    {
        Assert.All(
            PipelineScripts.In(Read(path)),
            script =>
            {
                Assert.DoesNotContain("${{", script, StringComparison.Ordinal);
                Assert.DoesNotContain("$(", script.Replace("$(az account", "", StringComparison.Ordinal), StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public void Examples_use_inputs_that_there_are()
    {
        var inputs = Names(Child(Read("action.yml"), "inputs"));
        var parameters = ((YamlSequenceNode)Child(Read(".azuredevops", "evaluate.yml"), "parameters"))
            .Select(parameter => ((YamlScalarNode)Child(parameter, "name")).Value!)
            .ToHashSet();

        Assert.All(
            Maps(Read("docs", "promotion", "github-pull-request.yml"), "with").SelectMany(Names),
            name => Assert.Contains(name, inputs)
        );
        Assert.All(
            Maps(Read("docs", "promotion", "azure-pull-request.yml"), "parameters").SelectMany(Names),
            name => Assert.Contains(name, parameters)
        );
    }

    [Fact]
    public void Example_listens_to_the_event_that_the_app_sends()
    {
        Assert.Contains(
            $"types: [{FunctionsEval.Functions.Notifications.Formats.GitHubFormat.EventType}]",
            Repository.Read("docs", "promotion", "github-pull-request.yml"),
            StringComparison.Ordinal
        );
    }

    private static IEnumerable<string> ScriptInputs()
    {
        var names = Inputs().Match(Repository.Read(".github", "action", "inputs.mjs")).Groups[1].Value;
        return Quoted().Matches(names).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal);
    }

    private static string VariableOf(string input) => "INPUT_" + input.ToUpperInvariant().Replace('-', '_');

    private static string NameOf(string variable) => variable["INPUT_".Length..].ToLowerInvariant().Replace('_', '-');

    private static YamlNode Step(YamlNode action) => Assert.Single((YamlSequenceNode)Child(Child(action, "runs"), "steps"));

    private static YamlNode Read(params string[] path)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Repository.Read(path)));
        return Assert.Single(yaml.Documents).RootNode;
    }

    private static YamlNode Child(YamlNode node, string name) => ((YamlMappingNode)node).Children[new YamlScalarNode(name)];

    private static IReadOnlyList<string> Names(YamlNode map) =>
        [.. ((YamlMappingNode)map).Children.Keys.Select(key => ((YamlScalarNode)key).Value!)];

    private static IEnumerable<YamlNode> Maps(YamlNode node, string name) =>
        node switch
        {
            YamlMappingNode map => map.Children.SelectMany(entry =>
                entry.Key is YamlScalarNode { Value: { } key } && key == name && entry.Value is YamlMappingNode
                    ? [entry.Value]
                    : Maps(entry.Value, name)
            ),
            YamlSequenceNode list => list.SelectMany(item => Maps(item, name)),
            _ => [],
        };

    [GeneratedRegex(@"NAMES = \[([^\]]*)\]")]
    private static partial Regex Inputs();

    [GeneratedRegex("\"([a-z-]+)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"platform\.output\(\{([^}]*)\}\)")]
    private static partial Regex Written();

    [GeneratedRegex("(?:^|, ) ?\"?([a-z-]+)\"?:")]
    private static partial Regex Member();

    [GeneratedRegex("INPUT_[A-Z_]+")]
    private static partial Regex Variable();
}
