using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// The runs of a group: has them reserved, scheduled, resumed and stopped. Everything can be repeated: a run is reserved once, and resumed
/// once for each resumption of its group.
/// </summary>
internal sealed class CandidateRuns(
    RunTables tables,
    RunBlobs blobs,
    RunReservations reservations,
    RunScheduler scheduler,
    TimeProvider time
)
{
    /// <summary>Has the runs of a stage under way, and says how many have not ended.</summary>
    public async Task<GroupReport> FollowAsync(GroupStep step, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        if (
            await tables.FindUnderWayAsync(step.RunId, step.Resumption, cancellationToken) is not { Run: var group }
            || (group.Status == RunStatus.Pending && !await tables.TryBeginAsync(step.RunId, step.Resumption, cancellationToken))
        )
        {
            return new GroupReport(0, RunFailure.Superseded);
        }

        var members = GroupRuns.MembersOf(group, step.Stage);
        var runs = new List<Run?>();
        foreach (var member in members)
        {
            runs.Add(await FollowAsync(group, member, step, durable, cancellationToken));
        }

        await EstimateAsync(group, runs, step.Stage, cancellationToken);
        var open = runs.Count(run => run is { Status.HasEnded: false });
        return new GroupReport(open, open > 0 ? null : GroupConclusion.FindFailure(group, members, runs));
    }

    /// <summary>Stops the runs of a group that have not ended. The group itself stays as it is.</summary>
    public async Task StopAsync(string groupId, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        if (await tables.FindRunAsync(groupId, cancellationToken) is not { Run: var group })
        {
            return;
        }

        foreach (var member in GroupRuns.MembersOf(group))
        {
            if (await tables.FindRunAsync(member.RunId, cancellationToken) is { Run: var run })
            {
                await StopAsync(run, durable, cancellationToken);
            }
        }
    }

    /// <summary>Stops a run whose group stops, unless it has ended or was told before.</summary>
    public async Task StopAsync(Run run, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        if (!run.Status.HasEnded && !run.CancelRequested)
        {
            await tables.RequestCancelAsync(run.RunId, cancellationToken);
            await scheduler.StopAsync(run, durable, cancellationToken);
        }
    }

    /// <summary>The members of a group, with how far each is.</summary>
    public async Task<IReadOnlyList<GroupMember>> ReadMembersAsync(Run group, CancellationToken cancellationToken) =>
        await Task.WhenAll(
            GroupRuns
                .MembersOf(group)
                .Select(async member =>
                {
                    var run = (await tables.FindRunAsync(member.RunId, cancellationToken))?.Run;
                    run = run is { Status: RunStatus.Running } ? await tables.Progress.AddToAsync(run, cancellationToken) : run;
                    return GroupMember.From(member.Role, member.Model, member.RunId, run);
                })
        );

    /// <returns>The run as it is afterwards; null for one that is not begun, because the group was cancelled.</returns>
    private async Task<Run?> FollowAsync(
        Run group,
        GroupMember member,
        GroupStep step,
        DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        var stored = await tables.FindRunAsync(member.RunId, cancellationToken);
        if (group.CancelRequested)
        {
            if (stored is not null)
            {
                await StopAsync(stored.Run, durable, cancellationToken);
            }

            return stored?.Run;
        }

        var endsBy = new DateTimeOffset(step.Until, TimeSpan.Zero);
        if (stored is null)
        {
            await ReserveAsync(group, member, endsBy, cancellationToken);
        }
        else if (IsResumed(group, member, stored.Run))
        {
            var reopening = new Reopening(
                time.GetUtcNow(),
                Waits: false,
                RepeatsFailed: stored.Run.Status == RunStatus.Completed,
                group.MaxCost
            )
            {
                GroupResumption = group.Resumptions,
                EndsBy = endsBy,
            };
            await tables.TryReopenAsync(stored, reopening, cancellationToken);
        }
        else if (stored.Run.Status.HasEnded)
        {
            return stored.Run;
        }

        await scheduler.EnsureScheduledAsync(member.RunId, durable, cancellationToken);
        return (await tables.FindRunAsync(member.RunId, cancellationToken))?.Run;
    }

    private async Task ReserveAsync(Run group, GroupMember member, DateTimeOffset endsBy, CancellationToken cancellationToken)
    {
        var spec = await blobs.ReadSpecAsync(group.RunId, cancellationToken);
        spec =
            member.Role == Roles.Baseline
                ? GroupSpecs.BaselineOf(spec, member.Model)
                : GroupSpecs.CandidateOf(spec, member.Model, group.BaselineRun);
        await reservations.TryReserveAsync(reservations.CreateMember(group, member, spec, endsBy), spec, failure: null, cancellationToken);
    }

    /// <summary>
    /// Whether a resumed group resumes a run that has ended: one that did not complete and, where a complete group is resumed, a
    /// candidate's with samples that got no answer. The baseline's answers stay once they are complete, because all candidates are compared
    /// with them.
    /// </summary>
    private static bool IsResumed(Run group, GroupMember member, Run run) =>
        run.Status.HasEnded
        && (run.GroupResumption ?? 0) < group.Resumptions
        && (run.Status != RunStatus.Completed || (group.RepeatsFailed == true && member.Role == Roles.Candidate && run.HasFailedSamples));

    /// <summary>
    /// The group's estimate is the sum of what its runs cost at most. It is known when all are planned; the baseline's alone would be read
    /// as the whole.
    /// </summary>
    private async Task EstimateAsync(Run group, List<Run?> runs, GroupStage stage, CancellationToken cancellationToken)
    {
        if (stage == GroupStage.Candidates && GroupRuns.MembersOf(group, GroupStage.Baseline) is [{ } baseline])
        {
            runs = [(await tables.FindRunAsync(baseline.RunId, cancellationToken))?.Run, .. runs];
        }

        var planned = runs.OfType<Run>().Where(run => run.ExpectedSamples is not null).ToList();
        if (planned.Count < runs.Count || planned.Count == 0)
        {
            return;
        }

        var cost = planned.Sum(run => run.EstimatedCost);
        cost =
            stage == GroupStage.Baseline ? group.EstimatedCost
            : planned.TrueForAll(run => run.EstimatedCost is not null) ? cost
            : null;
        if ((group.EstimatedCost, group.ExpectedSamples) != (cost, planned[0].ExpectedSamples))
        {
            await tables.UpdateRunAsync(
                group.RunId,
                run =>
                    run with
                    {
                        EstimatedCost = cost,
                        ExpectedSamples = planned[0].ExpectedSamples,
                        ExpectedSamplesEstimated = planned[0].ExpectedSamplesEstimated,
                    },
                cancellationToken,
                group.Resumptions
            );
        }
    }
}
