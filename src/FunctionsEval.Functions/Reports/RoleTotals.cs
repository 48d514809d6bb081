using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Training;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>The totals of all shards of one role.</summary>
internal sealed class RoleTotals(string role, ModelOptions? model)
{
    private TokenCounts _tokens = TokenCounts.None;

    public string Role => role;

    /// <summary>The role's model; null where it is not configured any more, and where the answers are stored.</summary>
    public ModelOptions? Model => model;

    /// <summary>Whether the answers are those of an earlier run, which paid for them. Default false.</summary>
    public bool IsStored { get; init; }

    public OutcomeCounts Outcomes { get; private set; } = new();

    public long Requests { get; private set; }

    public GeometricHistogram Latency { get; } = new();

    public GeometricHistogram AnswerTokens { get; } = new();

    /// <summary>Who answered.</summary>
    public AnswerSources Sources { get; } = new();

    /// <summary>Who graded this role's answers, by grader.</summary>
    public SortedDictionary<string, AnswerSources> GraderSources { get; } = new(StringComparer.Ordinal);

    /// <summary>How fast streamed answers came.</summary>
    public StreamLatency Streams { get; } = new();

    /// <summary>The amount of reasoning.</summary>
    public ReasoningCounts Reasoning { get; private set; } = ReasoningCounts.None;

    /// <summary>The parts of the spec that the model's endpoint does not take.</summary>
    public LeftOutCounts LeftOut { get; } = new();

    /// <summary>What the endpoints of this role's graders do not take, by grader.</summary>
    public SortedDictionary<string, LeftOutCounts> GraderLeftOut { get; } = new(StringComparer.Ordinal);

    public List<UnscoredSample> Examples { get; } = [];

    public SortedDictionary<string, int> MalformedReasons { get; } = new(StringComparer.Ordinal);

    /// <summary>Why samples do not count in the metrics.</summary>
    public OutcomeReasons Reasons { get; } = new();

    /// <summary>Tokens that graders used on this role's answers, by grader.</summary>
    public SortedDictionary<string, TokenCounts> Graders { get; } = new(StringComparer.Ordinal);

    /// <summary>Samples found in the training file, by how.</summary>
    public SortedDictionary<Leak, long> Leaks { get; } = [];

    public UsageSummary Usage => IsStored ? new UsageSummary(0, 0, 0) : UsageOf(_tokens, model);

    /// <summary>What tokens cost at a model's prices.</summary>
    public static UsageSummary UsageOf(TokenCounts tokens, ModelOptions? model) =>
        new(tokens.Input, tokens.Output, model?.Prices?.CostOf(tokens.Input, tokens.Output, tokens.CachedInput))
        {
            CachedInputTokens = tokens.CachedInput > 0 ? tokens.CachedInput : null,
        };

    /// <summary>The totals as those of one shard, with lines of the dataset.</summary>
    /// <param name="lines">Physical lines of what was added.</param>
    /// <param name="reasons">The reasons of the shards, with lines of the dataset.</param>
    public ShardState ToState(int lines, IReadOnlyList<OutcomeReason> reasons) =>
        new()
        {
            Outcomes = Outcomes,
            Lines = lines,
            InputTokens = _tokens.Input,
            CachedInputTokens = _tokens.CachedInput,
            OutputTokens = _tokens.Output,
            Requests = Requests,
            Graders = Graders,
            Latency = Latency,
            AnswerTokens = AnswerTokens,
            Sources = Sources,
            GraderSources = GraderSources,
            Streams = Streams,
            Reasoning = Reasoning,
            LeftOut = LeftOut,
            GraderLeftOut = GraderLeftOut,
            Examples = Examples,
            Leaks = Leaks,
            MalformedReasons = MalformedReasons,
            Reasons = reasons,
        };

    /// <summary>Adds the next shard, or what the next shards add up to.</summary>
    /// <param name="state">The shard's state.</param>
    /// <param name="linesBefore">Physical lines of the dataset before the shard.</param>
    /// <param name="examplesKept">How many examples are kept of the whole run.</param>
    public void Add(ShardState state, long linesBefore, int examplesKept)
    {
        Outcomes += state.Outcomes;
        Requests += state.Requests;
        Latency.Merge(state.Latency);
        AnswerTokens.Merge(state.AnswerTokens);
        Sources.Merge(state.Sources);
        foreach (var (grader, sources) in state.GraderSources)
        {
            if (!GraderSources.TryGetValue(grader, out var all))
            {
                GraderSources[grader] = all = new AnswerSources();
            }

            all.Merge(sources);
        }

        Streams.Merge(state.Streams);
        Reasoning += state.Reasoning;
        LeftOut.Merge(state.LeftOut);
        foreach (var (grader, leftOut) in state.GraderLeftOut)
        {
            LeftOutCounts.GetOrAdd(grader, GraderLeftOut).Merge(leftOut);
        }

        _tokens += new TokenCounts(state.InputTokens, state.OutputTokens) { CachedInput = state.CachedInputTokens };
        foreach (var (grader, tokens) in state.Graders)
        {
            Graders[grader] = Graders.GetValueOrDefault(grader, TokenCounts.None) + tokens;
        }

        foreach (var (leak, count) in state.Leaks)
        {
            Leaks[leak] = Leaks.GetValueOrDefault(leak) + count;
        }

        foreach (var (reason, count) in state.MalformedReasons)
        {
            MalformedReasons[reason] = MalformedReasons.GetValueOrDefault(reason) + count;
        }

        Reasons.Add(state.Reasons, linesBefore);
        Examples.AddRange(
            state.Examples.Take(examplesKept - Examples.Count).Select(example => example with { Line = example.Line + (int)linesBefore })
        );
    }
}
