using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports;

/// <summary>
/// Adds up the runs of a group, one summary at a time. Of each run only counts and the candidate's first number are kept.
/// </summary>
internal sealed class GroupTotals
{
    private readonly List<MemberSummary> _members = [];
    private readonly List<string> _warnings = [];
    private readonly Dictionary<string, OutcomeCounts> _outcomes = new(StringComparer.Ordinal) { [Roles.Candidate] = new() };
    private readonly Dictionary<string, UsageSummary> _usage = new(StringComparer.Ordinal) { [Roles.Candidate] = new(0, 0, 0) };
    private readonly Dictionary<string, ModelFigures> _figures = new(StringComparer.Ordinal);
    private DatasetSummary? _dataset;

    /// <summary>The runs, in the order in which they were added.</summary>
    public IReadOnlyList<MemberSummary> Members => _members;

    /// <summary>The warnings of all runs, each with its model.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Outcomes by role, those of all candidates together.</summary>
    public IReadOnlyDictionary<string, OutcomeCounts> Outcomes => _outcomes;

    /// <summary>Tokens and cost by role, and by role and grader, those of all candidates together.</summary>
    public IReadOnlyDictionary<string, UsageSummary> Usage => _usage;

    /// <summary>The dataset as the first run that was summed up found it; null without any.</summary>
    public DatasetSummary? Dataset => _dataset;

    /// <summary>The run whose answers the candidates were held against, as the first of them names it; null where none names one.</summary>
    public BaselineRunSummary? BaselineRun { get; private set; }

    /// <summary>Adds a run of the group.</summary>
    /// <param name="member">The member.</param>
    /// <param name="run">Its row; null for one that was not begun.</param>
    /// <param name="summary">Its summary; null without one.</param>
    public void Add(GroupMember member, Run? run, RunSummary? summary)
    {
        if (run?.ErrorCode is { } code)
        {
            _warnings.Add($"{member.Model}: its run {member.RunId} is {run.Status} ({code}).");
        }

        _members.Add(SummaryOf(member, run, summary));
        if (run is null || summary is null)
        {
            return;
        }

        _dataset = _dataset is null || summary.Dataset.Samples > _dataset.Samples ? summary.Dataset : _dataset;
        BaselineRun ??= summary.BaselineRun;
        _outcomes[member.Role] = _outcomes.GetValueOrDefault(member.Role, new()) + summary.Outcomes[Roles.Candidate];
        foreach (var (caller, used) in OwnUsageOf(summary))
        {
            var name = member.Role + caller[Roles.Candidate.Length..];
            _usage[name] = Add(_usage.GetValueOrDefault(name, new(0, 0, 0)), used);
        }

        _figures[member.Role] = Add(_figures.GetValueOrDefault(member.Role), run.CandidateFigures);
        _warnings.AddRange(summary.Warnings.Select(warning => $"{member.Model}: {warning}"));
    }

    /// <summary>The group's row with the figures of its roles. Those of several candidates are sums, without times.</summary>
    public Run Apply(Run group, RunSummary summary) =>
        group with
        {
            Samples = _dataset?.Samples,
            DuplicateIds = _dataset?.DuplicateIds,
            Headline = RunHeadline.From(summary),
            Warnings = summary.Warnings,
            Recommended = summary.Candidates!.Recommended,
            CandidateFigures = _figures.GetValueOrDefault(Roles.Candidate) ?? new(),
            BaselineFigures = _figures.GetValueOrDefault(Roles.Baseline) ?? new(),
        };

    private static MemberSummary SummaryOf(GroupMember member, Run? run, RunSummary? summary)
    {
        var flips = summary?.Metrics.FirstOrDefault(line =>
            line is { Role: Roles.Candidate, Slice: MetricReport.AllSamples, Gained: not null } && !line.Name.Contains('[')
        );
        return new MemberSummary
        {
            Role = member.Role,
            Model = member.Model,
            RunId = member.RunId,
            Status = run?.Status,
            Failure = run is { ErrorCode: { } code } ? new RunFailure(code, run.ErrorMessage ?? "") : null,
            Outcomes = summary?.Outcomes[Roles.Candidate],
            Coverage = summary?.Coverage[Roles.Candidate],
            Cost =
                summary is null ? null
                : OwnUsageOf(summary).All(used => used.Value.Cost is not null) ? OwnUsageOf(summary).Sum(used => used.Value.Cost)
                : null,
            Gained = flips?.Gained,
            Lost = flips?.Lost,
        };
    }

    /// <summary>What a run used for its own model; the baseline's answers are another run's, or were paid in another run.</summary>
    private static IEnumerable<KeyValuePair<string, UsageSummary>> OwnUsageOf(RunSummary summary) =>
        summary.Usage.Where(used => used.Key == Roles.Candidate || used.Key.StartsWith(Roles.Candidate + "/", StringComparison.Ordinal));

    private static UsageSummary Add(UsageSummary one, UsageSummary other) =>
        new(one.InputTokens + other.InputTokens, one.OutputTokens + other.OutputTokens, one.Cost + other.Cost)
        {
            CachedInputTokens = Cached(one.CachedInputTokens, other.CachedInputTokens),
        };

    /// <summary>Cached tokens of two runs. Null says none, or that the endpoint does not tell: what the other run knows of stays.</summary>
    private static long? Cached(long? one, long? other) => one is null && other is null ? null : (one ?? 0) + (other ?? 0);

    /// <summary>The first run's figures are taken as they are, so that a baseline's row has all of them.</summary>
    private static ModelFigures Add(ModelFigures? sum, ModelFigures figures)
    {
        if (sum is null)
        {
            return figures;
        }

        var outcomes = (sum.Outcomes ?? new()) + (figures.Outcomes ?? new());
        return new ModelFigures
        {
            Outcomes = outcomes,
            Coverage = double.IsNaN(outcomes.Coverage) ? null : outcomes.Coverage,
            UnparsableRate = outcomes.UnparsableShare,
            InputTokens = sum.InputTokens + figures.InputTokens,
            CachedInputTokens = Cached(sum.CachedInputTokens, figures.CachedInputTokens),
            OutputTokens = sum.OutputTokens + figures.OutputTokens,
            Cost = sum.Cost + figures.Cost,
            Requests = sum.Requests + figures.Requests,
        };
    }
}
