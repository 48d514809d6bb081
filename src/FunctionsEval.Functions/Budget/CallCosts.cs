using FunctionsEval.Core.Costs;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Budget;

/// <summary>What calls for one role of a run cost, in the currency of the models' prices.</summary>
internal sealed class CallCosts
{
    private readonly RoleCalls _calls;
    private readonly TokenCounter _tokens;
    private readonly GraderTokens _graderTokens;
    private readonly TokenPrices _model;
    private readonly IReadOnlyList<(ModelGraderSpec Grader, TokenPrices Price)> _graders;

    private CallCosts(RoleCalls calls, TokenCounter tokens, TokenPrices model, IReadOnlyList<(ModelGraderSpec, TokenPrices)> graders)
    {
        _calls = calls;
        _tokens = tokens;
        _graderTokens = new GraderTokens(tokens.Tokens);
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
                _model.CostOf(
                    PromptTokens.WithMargin(_tokens.Count(request)),
                    request.ScoredText is null ? request.Sampling.MaxOutputTokens : 1
                )
            ) + _graders.Sum(grader => MaxCostOf(grader.Grader, grader.Price, sample));
    }

    private decimal MaxCostOf(ModelGraderSpec grader, TokenPrices price, Sample sample)
    {
        var (input, output) = _graderTokens.MaxOf(grader, sample, _calls.MaxAnswerTokens);
        return price.CostOf(input, output);
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
}
