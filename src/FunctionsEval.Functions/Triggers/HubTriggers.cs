using System.Text.Json.Nodes;
using FunctionsEval.Functions.Storage;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;

namespace FunctionsEval.Functions.Triggers;

/// <summary>
/// Points the blob trigger at the task hub's own container. Its path is compiled into the function's description, which the worker hands to
/// the host; an app setting in the path (<c>%NAME%</c>) would have to be set in every installation.
/// </summary>
internal sealed class HubTriggers(TaskHub hub) : IFunctionMetadataTransformer
{
    public string Name => nameof(HubTriggers);

    public void Transform(IList<IFunctionMetadata> original)
    {
        foreach (var bindings in original.Select(function => function.RawBindings).OfType<IList<string>>())
        {
            for (var i = 0; i < bindings.Count; i++)
            {
                var binding = JsonNode.Parse(bindings[i])!.AsObject();
                if ((string?)binding["type"] != "blobTrigger")
                {
                    continue;
                }

                var (container, blob) = ((string)binding["path"]!).Split('/', 2) is [var first, var rest]
                    ? (first, rest)
                    : throw new InvalidDataException($"The blob trigger's path is {binding["path"]}.");
                binding["path"] = $"{hub.ContainerOf(container)}/{blob}";
                bindings[i] = binding.ToJsonString();
            }
        }
    }
}
