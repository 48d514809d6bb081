using FunctionsEval.Functions.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace FunctionsEval.Functions.Orchestrations;

/// <summary>Evaluates up to <see cref="EvaluateDataset.GroupSize"/> work items of a large run, so that no single history grows with the dataset.</summary>
internal static class EvaluateShardGroup
{
    [Function(nameof(EvaluateShardGroup))]
    public static Task<RunFailure?> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context) =>
        ShardLoop.EvaluateAsync(
            context,
            context.GetInput<ShardGroup>() ?? throw new InvalidOperationException("The orchestration was started without its shard group."));
}
