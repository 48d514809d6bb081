using YamlDotNet.RepresentationModel;

namespace FunctionsEval.Functions.Tests.Channels;

/// <summary>The scripts in definitions of pipelines.</summary>
internal static class PipelineScripts
{
    /// <summary>The scripts of all steps, those of Azure DevOps and those of GitHub.</summary>
    public static IEnumerable<string> In(YamlNode node) =>
        node switch
        {
            YamlMappingNode map => map.Children.SelectMany(entry =>
                entry is { Key: YamlScalarNode { Value: "run" or "bash" or "inlineScript" }, Value: YamlScalarNode { Value: { } script } }
                    ? [script]
                    : In(entry.Value)
            ),
            YamlSequenceNode list => list.SelectMany(In),
            _ => [],
        };
}
