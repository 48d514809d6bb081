using System.Text.Json.Nodes;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Triggers.Events;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Triggers;

/// <summary>
/// Adapts triggers to the installation: the blob trigger is pointed at the task hub's own container, and the queue trigger at the queue that
/// is configured, or left out. Path and name are compiled into the functions' descriptions, which the worker hands to the host. An app setting
/// in their place (<c>%NAME%</c>) would have to be set in every installation, and be found by the platform's scale controller.
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
                if (Adapt(binding))
                {
                    bindings[i] = binding.ToJsonString();
                }
            }
        }
    }

    private bool Adapt(JsonObject binding)
    {
        switch ((string?)binding["type"])
        {
            case "blobTrigger":
                var (container, blob) = ((string)binding["path"]!).Split('/', 2) is [var first, var rest]
                    ? (first, rest)
                    : throw new InvalidDataException($"The blob trigger's path is {binding["path"]}.");
                binding["path"] = $"{hub.ContainerOf(container)}/{blob}";
                return true;
            case "queueTrigger":
                binding["queueName"] = events.Value.Queue;
                return true;
            default:
                return false;
        }
    }

    private static bool IsQueue(IFunctionMetadata function) => function.Name == nameof(EventGridQueue);
}
