using System.Globalization;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Runs;

/// <summary>A suite run before it is reserved: its plan, and the specs of the runs that it starts.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Specs">The specs by run.</param>
internal sealed record PlannedSuite(SuitePlan Plan, IReadOnlyDictionary<string, EvaluationSpec> Specs);

/// <summary>Finds the datasets of a suite with their tiers and runs, and the names that no dataset has. Nothing is written.</summary>
internal sealed class SuitePlanner(DatasetStore datasets, RunStarter starter)
{
    /// <summary>How much longer than the longest deadline of its runs a suite run waits, because runs wait for each other.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromHours(1);

    /// <summary>The plan of a suite run; null where the suite has too many datasets.</summary>
    public async Task<PlannedSuite?> PlanAsync(SuiteFolder suite, SuiteStart start, CancellationToken cancellationToken)
    {
        var members = new List<SuiteMember>();
        var specs = new Dictionary<string, EvaluationSpec>(StringComparer.Ordinal);
        var deadline = suite.Spec.Limits.Deadline;
        await foreach (var name in datasets.InFolderAsync(suite.Folder, cancellationToken))
        {
            if (await FindMemberAsync(suite, start, name, specs, cancellationToken) is not { } member)
            {
                continue;
            }

            members.Add(member);
            if (members.Count > SpecLimits.MaxSuiteDatasets)
            {
                return null;
            }
        }

        deadline = specs.Values.Select(spec => spec.Limits.Deadline).Append(deadline).Max();
        members.AddRange(MissingOf(suite, members));
        var id = datasets.SuiteRunIdOf(suite.Folder, suite.Section.ToCanonical(), [.. members.Select(IdentityOf)], start.Attempt);
        var plan = new SuitePlan(id, suite.Folder, deadline + Slack + start.Patience, [.. members.Select(member => Mark(member, id))])
        {
            NotifiedWebhook = suite.Spec.Notify?.Webhook,
            NotifiesQueue = suite.Spec.Notify?.Queue == true,
        };
        return new PlannedSuite(plan, specs);
    }

    /// <summary>The names and patterns of a suite that no dataset has.</summary>
    public async Task<IReadOnlyList<string>> FindMissingAsync(SuiteFolder suite, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var name in datasets.InFolderAsync(suite.Folder, cancellationToken))
        {
            names.Add(suite.NameOf(name));
        }

        return [.. suite.Section.FindMissing(names).Select(missing => missing.Key)];
    }

    private async Task<SuiteMember?> FindMemberAsync(
        SuiteFolder suite,
        SuiteStart start,
        string dataset,
        Dictionary<string, EvaluationSpec> specs,
        CancellationToken cancellationToken
    )
    {
        var name = suite.NameOf(dataset);
        var member = new SuiteMember(dataset, suite.Section.TierOf(name));
        var request = new StartRequest(dataset, Spec: null, start.Attempt, start.Source) { Overrides = start.Overrides };
        var result = await starter.PrepareAsync(request, cancellationToken);
        if (start.ReservedRuns?.TryGetValue(dataset, out var reserved) == true)
        {
            // What the dataset's own spec would be refused for does not hold for the run that is reserved.
            if (result is StartResult.Prepared { Spec: var spec })
            {
                specs[reserved] = spec;
            }

            return member with
            {
                RunId = reserved,
            };
        }

        switch (result)
        {
            case StartResult.Prepared when start.ReservedRuns is not null:
                return member with { Failure = start.NotReserved };
            case StartResult.Prepared { Existing: { } existing } prepared:
                specs[existing] = prepared.Spec;
                return member with { RunId = existing };
            case StartResult.Prepared prepared:
                specs[prepared.Run.RunId] = prepared.Spec;
                return member with { RunId = prepared.Run.RunId, Run = prepared.Run };
            case StartResult.Refused refused:
                return member with { Failure = refused.Failure };
            case StartResult.TrainingFile training when suite.Section.Names(name):
                return member with { Failure = new RunFailure("training_file", training.Message) };
            case StartResult.NoDataset none when suite.Section.Names(name) || none.Code == "invalid_name":
                return member with { Failure = new RunFailure(none.Code, none.Message) };
            default:
                return null; // A spec, a README, an image, or a training file.
        }
    }

    private static IEnumerable<SuiteMember> MissingOf(SuiteFolder suite, List<SuiteMember> members) =>
        suite
            .Section.FindMissing([.. members.Select(member => suite.NameOf(member.Dataset))])
            .Select(missing => new SuiteMember($"{suite.Folder}/{missing.Key}", missing.Value)
            {
                Failure = new RunFailure("dataset_missing", "there is no dataset of this name"),
            });

    /// <summary>What tells a dataset in its version and with its spec.</summary>
    private static string IdentityOf(SuiteMember member) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{member.Dataset} {member.RunId ?? $"{member.Failure!.Code} {member.Failure.Message}"}"
        );

    private static SuiteMember Mark(SuiteMember member, string suiteRunId) =>
        member.Run is { } run ? member with { Run = run with { SuiteRun = suiteRunId } } : member;
}
