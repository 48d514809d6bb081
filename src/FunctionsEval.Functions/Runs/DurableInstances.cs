using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// All that the app relies on of the engine behind Durable Functions, whichever it is: the id of an instance is taken once, an instance
/// that has ended can be replaced, and an instance can be woken. Engines keep ended instances for different times, so nothing follows from
/// an instance that is not there.
/// </summary>
internal static class DurableInstances
{
    private static readonly string[] Ended =
    [
        nameof(OrchestrationRuntimeStatus.Completed),
        nameof(OrchestrationRuntimeStatus.Failed),
        nameof(OrchestrationRuntimeStatus.Terminated),
    ];

    private static readonly string[] Live = [.. Enum.GetNames<OrchestrationRuntimeStatus>().Except(Ended)];

    /// <summary>Whether there is such an instance, and it has not ended.</summary>
    public static bool IsLive(this OrchestrationMetadata? instance) => instance is { IsCompleted: false };

    /// <summary>Finds an instance; null where the engine knows none, or no longer.</summary>
    public static Task<OrchestrationMetadata?> FindAsync(
        this DurableTaskClient durable,
        string instanceId,
        CancellationToken cancellationToken
    ) => durable.GetInstanceAsync(instanceId, getInputsAndOutputs: false, cancellationToken);

    /// <summary>
    /// Schedules an orchestration, unless there is such an instance. However many callers do so at once, one instance runs.
    /// </summary>
    /// <param name="durable">The engine.</param>
    /// <param name="orchestration">The orchestration's name.</param>
    /// <param name="instanceId">The instance.</param>
    /// <param name="input">Its input.</param>
    /// <param name="replacesEnded">Whether an instance of this id that has ended is replaced. One that is live never is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether this call scheduled it; false where the id is taken.</returns>
    public static async Task<bool> TryScheduleAsync(
        this DurableTaskClient durable,
        string orchestration,
        string instanceId,
        object input,
        bool replacesEnded,
        CancellationToken cancellationToken
    )
    {
        // It looks before it asks: protocol and engines differ in which instances they replace, and a request to replace none is one that
        // some of them cannot be told.
        var known = await durable.FindAsync(instanceId, cancellationToken);
        return (known is null || (replacesEnded && !known.IsLive()))
            && await durable.TryScheduleAsync(orchestration, instanceId, input, cancellationToken);
    }

    /// <summary>
    /// Schedules an orchestration after a look that found no live instance. However many callers do so at once, one instance runs. One that
    /// has ended is replaced, even where it came after the look: for orchestrations that end at once when their work is done already.
    /// </summary>
    /// <param name="durable">The engine.</param>
    /// <param name="orchestration">The orchestration's name.</param>
    /// <param name="instanceId">The instance.</param>
    /// <param name="input">Its input.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether this call scheduled it; false where a live instance has the id.</returns>
    public static async Task<bool> TryScheduleAsync(
        this DurableTaskClient durable,
        string orchestration,
        string instanceId,
        object input,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await durable.ScheduleNewOrchestrationInstanceAsync(
                orchestration,
                input,
                new StartOrchestrationOptions(instanceId) { DedupeStatuses = Live },
                cancellationToken
            );
            return true;
        }
        catch (OrchestrationAlreadyExistsException)
        {
            return false;
        }
    }

    /// <summary>Raises an event that only says that there is news in storage.</summary>
    /// <returns>Null, or how the engine refused it: the instance is not there, or has ended.</returns>
    public static async Task<StatusCode?> TryWakeAsync(
        this DurableTaskClient durable,
        string instanceId,
        string eventName,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await durable.RaiseEventAsync(instanceId, eventName, true, cancellationToken);
            return null;
        }
        catch (RpcException gone)
        {
            return gone.StatusCode;
        }
    }
}
