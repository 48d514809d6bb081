using System.Text.Json.Nodes;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Triggers.Events;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Triggers;

/// <summary>
/// Adapts triggers to the installation. The blob trigger is pointed at the task hub's own container: its path is compiled into the function's description, which the worker hands to
/// the host; an app setting in the path (<c>%NAME%</c>) would have to be set in every installation. The queue's trigger
/// is left out where no queue is configured: the host would start it with an error.
/// </summary>
internal sealed class HubTriggers(TaskHub hub, IOptions<EventGridOptions> events) : IFunctionMetadataTransformer
{
    public string Name => nameof(HubTriggers);

    public void Transform(IList<IFunctionMetadata> original)
    {
        if (events.Value.Queue is not { Length: > 0 } && original.SingleOrDefault(IsQueue) is { } queue)
        {
            original.Remove(queue);
        }

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

    private static bool IsQueue(IFunctionMetadata function) => function.Name == nameof(EventGridQueue);
}
