using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Messages;

namespace FunctionsEval.Functions.Runs;

/// <summary>Which runs a group consists of, by its row alone.</summary>
internal static class GroupRuns
{
    /// <summary>A run with the models of its spec. With several candidates it is a group, and names their runs.</summary>
    public static Run WithModels(Run run, EvaluationSpec spec)
    {
        run = run with { Model = spec.Model, Candidates = [], CandidateRuns = [] };
        return !spec.HasSeveralCandidates
            ? run
            : run with
            {
                Candidates = spec.CandidateModels,
                CandidateRuns = [.. spec.CandidateModels.Select(model => RunId.CreateMember(run.RunId, Roles.Candidate, model))],
                BaselineRun = BaselineReference.From(spec.Baseline) is BaselineReference.CalledModel baseline
                    ? RunId.CreateMember(run.RunId, Roles.Baseline, baseline.Name)
                    : run.BaselineRun,
            };
    }

    /// <summary>The members of a stage; none for a group without a baseline of its own.</summary>
    public static IReadOnlyList<GroupMember> MembersOf(Run group, GroupStage stage) =>
        stage == GroupStage.Baseline
            ? BaselineOf(group) is { } baseline
                ? [baseline]
                : []
            : [.. group.Candidates.Zip(group.CandidateRuns, (model, runId) => GroupMember.From(Roles.Candidate, model, runId, run: null))];

    /// <summary>All members, the baseline first.</summary>
    public static IReadOnlyList<GroupMember> MembersOf(Run group) =>
        [.. MembersOf(group, GroupStage.Baseline), .. MembersOf(group, GroupStage.Candidates)];

    /// <summary>The run of the common baseline; null where the baseline is an earlier run, and without one.</summary>
    private static GroupMember? BaselineOf(Run group) =>
        group.HasOwnBaseline ? GroupMember.From(Roles.Baseline, group.Baseline!, group.BaselineRun!, run: null) : null;
}
