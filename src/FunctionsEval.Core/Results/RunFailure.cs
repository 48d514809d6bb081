using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Results;

/// <summary>Why a run did not complete.</summary>
/// <param name="Code">A stable code, for example <c>invalid_spec</c>.</param>
/// <param name="Message">What is wrong, where, and the fix. It never holds row text.</param>
public sealed record RunFailure(string Code, string Message)
{
    /// <summary>The code of <see cref="TooManyMalformed"/>.</summary>
    public const string MalformedCode = "malformed_rows";

    private const string CancelledCode = "cancelled";
    private const string BudgetCode = "budget";
    private const string DeadlineCode = "deadline";

    /// <summary>Somebody cancelled the run.</summary>
    public static RunFailure Cancelled { get; } =
        new(CancelledCode, "The run was cancelled. What was answered is kept; resume it to evaluate the rest.");

    /// <summary>The run reached its cost ceiling.</summary>
    public static RunFailure OverBudget { get; } =
        new(
            BudgetCode,
            "The run reached its cost ceiling (limits.maxCost). "
                + "What was answered is kept; resume it with a higher maxCost to evaluate the rest."
        );

    /// <summary>The run reached its deadline.</summary>
    public static RunFailure DeadlineReached { get; } =
        new(
            DeadlineCode,
            "The run reached its deadline (limits.deadline) before every sample had an outcome. "
                + "What was answered is kept; resume it to evaluate the rest."
        );

    /// <summary>
    /// An outdated orchestration found that the run has ended or was resumed since. The orchestration ends, and the run stays as it is.
    /// </summary>
    public static RunFailure Superseded { get; } = new("superseded", "The run has ended, or was resumed since.");

    /// <summary>Whether the run was only stopped: the answers so far are summed up, and the rest can be resumed.</summary>
    [JsonIgnore]
    public bool IsStop => Code is CancelledCode or BudgetCode or DeadlineCode;

    /// <summary>Whether the run has a summary nevertheless: of the answers so far, or of the malformed rows.</summary>
    [JsonIgnore]
    public bool KeepsSummary => IsStop || Code == MalformedCode;

    /// <summary>The status that a run ends with for this reason.</summary>
    [JsonIgnore]
    public RunStatus Status =>
        Code == CancelledCode ? RunStatus.Cancelled
        : IsStop ? RunStatus.Partial
        : RunStatus.Failed;

    /// <summary>More rows are malformed than the spec allows.</summary>
    /// <param name="message">How many, the first of them, and the fix.</param>
    public static RunFailure TooManyMalformed(string message) => new(MalformedCode, message);

    /// <summary>A step of the run failed in every attempt.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="step">The step, an activity's name.</param>
    /// <param name="error">The type of the last error.</param>
    public static RunFailure Internal(string runId, string step, string error) =>
        new("internal_error", $"{step} failed with {error} after every retry. See the app's log for run {runId}.");

    /// <summary>Nobody deployed a tuned model in time.</summary>
    /// <param name="tunedModel">The model.</param>
    public static RunFailure NotDeployed(string tunedModel) =>
        new(
            "deployment_not_found",
            $"The tuned model {tunedModel} was not deployed in time (FineTuning__DeploymentDeadline). Deploy it, then resume the run."
        );

    /// <summary>The app itself could not deploy a tuned model in time.</summary>
    /// <param name="tunedModel">The model.</param>
    /// <param name="problem">What was in the way at the last look; null for a deployment that was still under way.</param>
    public static RunFailure NotDeployedByApp(string tunedModel, string? problem) =>
        new(
            "deployment_not_found",
            $"The app could not deploy the tuned model {tunedModel} in time (FineTuning__DeploymentDeadline, FineTuning__DeployRemoveAfter): "
                + $"{problem?.TrimEnd('.') ?? "the deployment was still being made"}. Fix the cause, then resume the run."
        );
}
