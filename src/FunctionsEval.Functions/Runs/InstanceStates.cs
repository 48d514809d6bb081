using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Runs;

/// <summary>The statuses of an orchestration instance that prevent scheduling it.</summary>
internal static class InstanceStates
{
    private static readonly string[] Ended =
    [
        nameof(OrchestrationRuntimeStatus.Completed),
        nameof(OrchestrationRuntimeStatus.Failed),
        nameof(OrchestrationRuntimeStatus.Terminated),
    ];

    /// <summary>Any: an instance is scheduled only where there is none.</summary>
    public static IReadOnlyList<string> All { get; } = Enum.GetNames<OrchestrationRuntimeStatus>();

    /// <summary>Those of an instance that has not ended: one that has is replaced.</summary>
    public static IReadOnlyList<string> Live { get; } = [.. All.Except(Ended)];

    /// <summary>Whether there is such an instance, and it has not ended.</summary>
    public static bool IsLive(OrchestrationMetadata? instance) => instance is { IsCompleted: false };
}
