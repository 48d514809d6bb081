using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Storage;

/// <summary>The changes of a resumption to a run.</summary>
/// <param name="Resumed">When it was resumed.</param>
/// <param name="Waits">Whether it waits for its model's deployment first.</param>
/// <param name="RepeatsFailed">Whether samples that got no answer before are asked once more.</param>
/// <param name="MaxCost">The cost ceiling from now on; null to leave it.</param>
internal sealed record Reopening(DateTimeOffset Resumed, bool Waits, bool RepeatsFailed, double? MaxCost)
{
    /// <summary>How often the run's group had been resumed then; null for a run of its own.</summary>
    public int? GroupResumption { get; init; }

    /// <summary>When the run must have ended; null for a run of its own.</summary>
    public DateTimeOffset? EndsBy { get; init; }

    /// <summary>The run without its end.</summary>
    public Run Apply(Run run) =>
        run with
        {
            Status = Waits ? RunStatus.AwaitingDeployment : RunStatus.Pending,
            Verdict = null,
            VerdictReasons = [],
            Recommended = [],
            ErrorCode = null,
            ErrorMessage = null,
            Finished = null,
            Warnings = [],
            CancelRequested = false,
            Resumptions = run.Resumptions + 1,
            Resumed = Resumed,
            RepeatsFailed = RepeatsFailed,
            MaxCost = MaxCost ?? run.MaxCost,
            DeployedSince = Waits ? null : run.DeployedSince,
            GroupResumption = GroupResumption,
            EndsBy = EndsBy,
        };
}
