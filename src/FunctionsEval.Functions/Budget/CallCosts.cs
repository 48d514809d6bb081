using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Metrics.Graders.Pairwise;
using FunctionsEval.Core.Metrics.Graders.Platform;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Budget;

/// <summary>What calls for one role of a run cost, in the currency of the models' prices.</summary>
internal sealed class CallCosts
{
    /// <summary>A tenth on top, because not every model counts tokens as the counter does.</summary>
    private const double TokenMargin = 1.1;

    private readonly RoleCalls _calls;
    private readonly TokenCounter _tokens;
    private readonly TokenPrices _model;
    private readonly IReadOnlyList<(ModelGraderSpec Grader, TokenPrices Price)> _graders;

    private CallCosts(RoleCalls calls, TokenCounter tokens, TokenPrices model, IReadOnlyList<(ModelGraderSpec, TokenPrices)> graders)
    {
        _calls = calls;
        _tokens = tokens;
        _model = model;
        _graders = graders;
    }

    /// <summary>The costs of a role's calls; null when a model that is called has no prices.</summary>
    public static CallCosts? TryCreate(RoleCalls calls, ModelRegistry models, TokenCounter tokens)
    {
        if (PriceOf(calls.Model) is not { } model)
        {
            return null;
        }

        var graders = new List<(ModelGraderSpec, TokenPrices)>();
        foreach (var grader in calls.Graders)
        {
            if (PriceOf(grader.Model) is not { } price)
            {
                return null;
            }

            graders.Add((grader, price));
        }

        return new CallCosts(calls, tokens, model, graders);

        TokenPrices? PriceOf(string name) => models.TryGet(name, out var configured) ? configured.Options.Prices : null;
    }

    /// <summary>
    /// Maximum cost of a sample: its requests, the longest answer, and the judges' calls about that answer. No prompt is taken to be cached.
    /// </summary>
    public decimal MaxCostOf(Sample sample)
    {
        IReadOnlyList<ModelRequest> requests;
        try
        {
            requests = _calls.RequestsFor(sample);
        }
        catch (PromptException)
        {
            return 0; // It becomes a malformed sample; nothing is called.
        }

        return requests.Sum(request =>
                _model.CostOf(WithMargin(_tokens.Count(request)), request.ScoredText is null ? request.Sampling.MaxOutputTokens : 1)
            ) + _graders.Sum(grader => MaxCostOf(grader.Grader, grader.Price, sample));
    }

    private decimal MaxCostOf(ModelGraderSpec grader, TokenPrices price, Sample sample)
    {
        var tokens = 0;
        try
        {
            tokens = PromptTokens(grader, sample);
        }
        catch (PromptException)
        {
            // The answer gets no grade, or only the empty one would get none. The model is called all the same.
        }

        return price.CostOf(
            ((long)_calls.MaxAnswerTokens * AnswerUses(grader)) + WithMargin(tokens),
            grader is JudgeSpec judge ? judge.MaxOutputTokens : 0
        );
    }

    /// <summary>What a finished shard has cost.</summary>
    public decimal CostOf(ShardState shard) =>
        _model.CostOf(shard.InputTokens, shard.OutputTokens, shard.CachedInputTokens)
        + _graders.Sum(grader =>
            shard.Graders.GetValueOrDefault(grader.Grader.Name) is { } used
                ? grader.Price.CostOf(used.Input, used.Output, used.CachedInput)
                : 0
        );

    /// <summary>What a logged row has cost.</summary>
    public decimal CostOf(EvaluatedSample row) =>
        _model.CostOf(row.InputTokens, row.OutputTokens, row.CachedInputTokens)
        + _graders.Sum(grader =>
            row.Grades?.GetValueOrDefault(grader.Grader.Name) is { } grade
                ? grader.Price.CostOf(grade.InputTokens, grade.OutputTokens, grade.CachedInputTokens)
                : 0
        );

    /// <summary>How often the answer is in the grader's prompt; a rubric is taken to have it once.</summary>
    private static int AnswerUses(ModelGraderSpec grader) =>
        grader switch
        {
            TurnsSpec turns => turns.AnswerUses,
            PairwiseSpec { Against: PairwiseOpponent.Baseline } => 2,
            SimilaritySpec { Texts: { } texts } => texts.Input.AnswerUses + texts.Reference.AnswerUses,
            _ => 1,
        };

    private int PromptTokens(ModelGraderSpec grader, Sample sample) =>
        grader switch
        {
            RubricSpec judge => _tokens.Count(new RubricRenderer(judge.Rubric).Render(sample, answer: "")),
            PairwiseSpec pair => _tokens.Count(
                new PairRenderer(pair.Rubric).Render(sample, "", pair.Against == PairwiseOpponent.Reference ? sample.References[0] : "")
            ),
            TurnsSpec turns => turns.RenderRow(new GradedAnswer(sample, "")).Sum(turn => _tokens.Count(turn.Content)),
            SimilaritySpec { Texts: { } texts } => TokensOf(texts, new GradedAnswer(sample, "")),
            _ => sample.References.Sum(_tokens.Count),
        };

    private int TokensOf(ComparedTexts texts, GradedAnswer row) =>
        _tokens.Count(texts.Input.RenderRow(row)) + _tokens.Count(texts.Reference.RenderRow(row));

    private static int WithMargin(int tokens) => (int)Math.Ceiling(tokens * TokenMargin);
}
