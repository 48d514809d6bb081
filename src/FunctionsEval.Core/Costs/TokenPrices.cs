namespace FunctionsEval.Core.Costs;

/// <summary>What a model's tokens cost, for a million of each kind.</summary>
/// <param name="Input">Of prompts.</param>
/// <param name="Output">Of answers.</param>
public readonly record struct TokenPrices(decimal Input, decimal Output)
{
    /// <summary>Of prompts, where the endpoint took them from its cache.</summary>
    public decimal CachedInput { get; init; } = Input;

    /// <summary>What tokens cost.</summary>
    /// <param name="inputTokens">Tokens of prompts.</param>
    /// <param name="outputTokens">Tokens of answers.</param>
    /// <param name="cachedInputTokens">Of the prompts' tokens those from the cache.</param>
    public decimal CostOf(long inputTokens, long outputTokens, long cachedInputTokens = 0) =>
        (((inputTokens - cachedInputTokens) * Input) + (cachedInputTokens * CachedInput) + (outputTokens * Output)) / 1_000_000m;
}
