using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Messages;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace FunctionsEval.Functions.Orchestrations;

/// <summary>
/// Evaluates up to <see cref="EvaluateDataset.GroupSize"/> work items of a run, and continues as new where they take many calls, so that no
/// history grows with the dataset or with the time that is waited.
/// </summary>
internal static class EvaluateShardGroup
{
    [Function(nameof(EvaluateShardGroup))]
    public static async Task<RunFailure?> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var group =
            context.GetInput<ShardGroup>() ?? throw new InvalidOperationException("The orchestration was started without its shard group.");
        var end = await ShardLoop.EvaluateAsync(context, group, context.WaitForExternalEvent<bool>(OrchestrationNames.CancelEvent));
        if (end is { Failure: null, Unfinished: [_, ..] })
        {
            context.ContinueAsNew(end.Rest);
        }

        return end.Failure;
    }
}
