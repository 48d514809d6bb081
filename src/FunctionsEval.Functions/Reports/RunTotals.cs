using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>The totals of all shards of a run, by role, and the parts of the summary that follow from them.</summary>
internal sealed class RunTotals
{
    /// <summary>Samples that were not scored and are shown.</summary>
    public const int ExamplesShown = 20;

    private readonly RunPlan _plan;
    private readonly ModelRegistry _models;

    private RunTotals(RunPlan plan, IReadOnlyList<RoleTotals> roles, ModelRegistry models)
    {
        _plan = plan;
        _models = models;
        Roles = roles;
        Usage = FindUsage();
    }

    /// <summary>The roles, the candidate first.</summary>
    public IReadOnlyList<RoleTotals> Roles { get; }

    public RoleTotals Candidate => Roles[0];

    /// <summary>What was used, by role, and by role and grader: <c>candidate/judge</c>.</summary>
    public Dictionary<string, UsageSummary> Usage { get; }

    /// <summary>What the run has cost; null where a model has no prices.</summary>
    public decimal? Cost => Usage.Values.All(used => used.Cost is not null) ? Usage.Values.Sum(used => used.Cost!.Value) : null;

    /// <summary>The totals of no shard, by role in the plan's order; what ranges of shards merged to is added to them in shard order.</summary>
    public static IReadOnlyList<RoleTotals> CreateRoles(RunPlan plan, ModelRegistry models) =>
        [
            .. plan.Manifest.Roles.Select(role =>
                plan.IsStored(role.Role) ? new RoleTotals(role.Role, model: null) { IsStored = true }
                : models.TryGet(role.Model, out var model) ? new RoleTotals(role.Role, model.Options)
                : new RoleTotals(role.Role, model: null)
            ),
        ];

    /// <summary>The totals of all shards.</summary>
    /// <param name="plan">The run.</param>
    /// <param name="roles">What <see cref="CreateRoles"/> created, with all shards.</param>
    /// <param name="models">The models.</param>
    public static RunTotals Create(RunPlan plan, IReadOnlyList<RoleTotals> roles, ModelRegistry models) => new(plan, roles, models);

    /// <summary>Latency and length of the answers, by role.</summary>
    public List<AnswerLatency> Latencies() =>
        [.. Roles.Select(role => new AnswerLatency(role.Role, role.Requests, role.Latency, role.AnswerTokens) { Streams = role.Streams })];

    /// <summary>The warnings about who answered, and about the parts of the spec that endpoints do not take.</summary>
    public IEnumerable<string> Warnings() =>
        WarningsOfSources()
            .Concat(Roles.SelectMany(LeftOutOf).Select(caller => LeftOutWarnings.From(caller.Name, caller.LeftOut)).OfType<string>());

    /// <summary>The models that answered, by role, and by role and grader; null where none says its name.</summary>
    public Dictionary<string, AnsweringModels>? FindAnsweredBy()
    {
        var sources = Roles
            .SelectMany(role =>
                role.GraderSources.Select(grader => (Name: $"{role.Role}/{grader.Key}", Sources: grader.Value))
                    .Prepend((Name: role.Role, role.Sources))
            )
            .Where(caller => !caller.Sources.IsEmpty)
            .ToDictionary(caller => caller.Name, caller => caller.Sources.ToPublished(), StringComparer.Ordinal);
        return sources.Count > 0 ? sources : null;
    }

    /// <summary>How fast streamed answers came, by role; null without any.</summary>
    public Dictionary<string, StreamSummary>? FindStreams()
    {
        var streams = Roles
            .Select(role => (role.Role, Summary: StreamSummaries.From(role.Streams)))
            .Where(role => role.Summary is not null)
            .ToDictionary(role => role.Role, role => role.Summary!, StringComparer.Ordinal);
        return streams.Count > 0 ? streams : null;
    }

    /// <summary>How much the models wrote for themselves, by role; null for nothing.</summary>
    public Dictionary<string, ReasoningCounts>? FindReasoning()
    {
        var counts = Roles
            .Where(role => !role.Reasoning.IsEmpty)
            .ToDictionary(role => role.Role, role => role.Reasoning, StringComparer.Ordinal);
        return counts.Count > 0 ? counts : null;
    }

    /// <summary>How often what was asked for was left out, by caller and parameter; null for never.</summary>
    public Dictionary<string, IReadOnlyDictionary<string, long>>? FindLeftOut()
    {
        var leftOut = Roles
            .SelectMany(LeftOutOf)
            .Where(caller => caller.LeftOut.Parameters.Count > 0)
            .ToDictionary(
                caller => caller.Name,
                caller => (IReadOnlyDictionary<string, long>)caller.LeftOut.Parameters,
                StringComparer.Ordinal
            );
        return leftOut.Count > 0 ? leftOut : null;
    }

    private Dictionary<string, UsageSummary> FindUsage()
    {
        var usage = Roles.ToDictionary(role => role.Role, role => role.Usage, StringComparer.Ordinal);
        foreach (var role in Roles)
        {
            foreach (var (grader, tokens) in role.Graders)
            {
                usage[$"{role.Role}/{grader}"] = RoleTotals.UsageOf(tokens, ModelOf(grader));
            }
        }

        return usage;
    }

    private IEnumerable<string> WarningsOfSources() =>
        Roles.SelectMany(role =>
            SourceWarnings
                .From(role.Role, role.Model, role.Sources)
                .Concat(
                    role.GraderSources.SelectMany(grader =>
                        SourceWarnings.From($"{role.Role}/{grader.Key}", ModelOf(grader.Key), grader.Value)
                    )
                )
        );

    private static IEnumerable<(string Name, LeftOutCounts LeftOut)> LeftOutOf(RoleTotals role) =>
        role.GraderLeftOut.Select(grader => ($"{role.Role}/{grader.Key}", grader.Value)).Prepend((role.Role, role.LeftOut));

    /// <summary>The model of a grader; null where it is not configured any more.</summary>
    private ModelOptions? ModelOf(string grader)
    {
        var name = _plan.Measurer.Graders.OfType<ModelGraderSpec>().First(spec => spec.Name == grader).Model;
        return _models.TryGet(name, out var model) ? model.Options : null;
    }
}
