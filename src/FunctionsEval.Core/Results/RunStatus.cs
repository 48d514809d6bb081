using System.Text.Json.Serialization;
using FunctionsEval.Core.Gates;

namespace FunctionsEval.Core.Results;

/// <summary>The status of a run.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunStatus>))]
public enum RunStatus
{
    /// <summary>The run is reserved; its orchestration has not begun.</summary>
    Pending,

    /// <summary>The run is reserved for a fine-tuned model that is not deployed yet.</summary>
    AwaitingDeployment,

    /// <summary>The run's orchestration is under way.</summary>
    Running,

    /// <summary>Every result is written. Only the results of this status are final.</summary>
    Completed,

    /// <summary>
    /// The run reached its cost ceiling or its deadline. The answers so far are summed up and kept; the rest can be resumed.
    /// </summary>
    Partial,

    /// <summary>The run was cancelled. The answers so far are summed up and kept; the rest can be resumed.</summary>
    Cancelled,

    /// <summary>The run ended without a verdict. Its error says why. Only a run of malformed rows has a summary.</summary>
    Failed,
}

/// <summary>What a run's status permits.</summary>
public static class RunStatusRules
{
    extension(RunStatus status)
    {
        /// <summary>Whether the run has ended: nothing is under way for it.</summary>
        public bool HasEnded => status is RunStatus.Completed or RunStatus.Partial or RunStatus.Cancelled or RunStatus.Failed;

        /// <summary>
        /// Whether every run of this status has a summary, of all samples or of those that were answered. A failed run has one only where
        /// its error is <see cref="RunFailure.MalformedCode"/> (<see cref="Run.HasSummary"/>).
        /// </summary>
        public bool HasSummary => status is RunStatus.Completed or RunStatus.Partial or RunStatus.Cancelled;

        /// <summary>
        /// Whether a run of this status may carry a verdict: a completed run any, a stopped one only
        /// <see cref="VerdictResult.Inconclusive"/>, every other none.
        /// </summary>
        /// <param name="verdict">The verdict.</param>
        public bool MayCarryVerdict(VerdictResult verdict) =>
            status switch
            {
                RunStatus.Completed => true,
                RunStatus.Partial or RunStatus.Cancelled => verdict == VerdictResult.Inconclusive,
                _ => false,
            };

        /// <summary>What a run of this status may say of a gate's verdict; null for nothing.</summary>
        /// <param name="verdict">What the gate says; null without a gate.</param>
        public Verdict? Permit(Verdict? verdict) =>
            verdict is null || status.MayCarryVerdict(verdict.Result) ? verdict
            : status.MayCarryVerdict(VerdictResult.Inconclusive) ? verdict with { Result = VerdictResult.Inconclusive }
            : null;
    }
}
