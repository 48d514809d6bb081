using System.Globalization;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Runs;

/// <summary>How a group ends, by how its runs ended.</summary>
internal static class GroupConclusion
{
    private const int MaxMessageLength = 1_000;

    /// <summary>
    /// Why a group does not go on behind a stage all of whose runs have ended. A run that was stopped stops the group. Without the baseline
    /// nothing can be compared. A candidate that failed leaves the others as they are.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="members">The stage's members.</param>
    /// <param name="runs">Their runs; null for one that was not begun.</param>
    /// <returns>The reason; null where the group goes on, or is complete.</returns>
    public static RunFailure? FindFailure(Run group, IReadOnlyList<GroupMember> members, IReadOnlyList<Run?> runs)
    {
        if (members.Count == 0)
        {
            return group.CancelRequested ? RunFailure.Cancelled : null;
        }

        if (runs.Any(run => run is null or { Status: RunStatus.Cancelled }))
        {
            return RunFailure.Cancelled;
        }

        if (runs.FirstOrDefault(run => run!.Status == RunStatus.Partial) is { } stopped)
        {
            return stopped.ErrorCode == RunFailure.OverBudget.Code ? RunFailure.OverBudget : RunFailure.DeadlineReached;
        }

        if (members[0].Role == Roles.Baseline)
        {
            return runs[0]!.Status == RunStatus.Failed ? BaselineFailed(members[0], runs[0]!)
                : group.CancelRequested ? RunFailure.Cancelled
                : null;
        }

        return runs.All(run => run!.Status == RunStatus.Failed) ? CandidatesFailed(members, runs) : null;
    }

    private static RunFailure BaselineFailed(GroupMember baseline, Run run) =>
        new(
            "baseline_failed",
            $"The baseline {baseline.Model} was not evaluated, so no candidate was. {Describe(run)} Then resume this run."
        );

    private static RunFailure CandidatesFailed(IReadOnlyList<GroupMember> members, IReadOnlyList<Run?> runs) =>
        new(
            "candidates_failed",
            string.Create(CultureInfo.InvariantCulture, $"None of {members.Count} candidates was evaluated. ")
                + string.Join(" ", members.Zip(runs, (member, run) => $"{member.Model}: {Describe(run!)}"))
                + " Then resume this run."
        );

    private static string Describe(Run run)
    {
        var message = run.ErrorMessage ?? "";
        message = message.Length > MaxMessageLength ? message[..MaxMessageLength] + "…" : message;
        return $"Run {run.RunId} failed ({run.ErrorCode}): {message}";
    }
}
