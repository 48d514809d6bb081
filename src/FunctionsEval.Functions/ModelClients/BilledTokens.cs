namespace FunctionsEval.Functions.ModelClients;

/// <summary>Tokens that a request was billed, as far as its endpoint says.</summary>
/// <param name="Input">Of the prompt.</param>
/// <param name="Output">Of the answer.</param>
internal readonly record struct BilledTokens(int Input, int Output)
{
    /// <summary>Of the prompt's tokens those that the endpoint took from its cache.</summary>
    public int CachedInput { get; init; }

    /// <summary>Of both.</summary>
    public int Total => Input + Output;

    /// <summary>The tokens of two requests.</summary>
    public static BilledTokens operator +(BilledTokens left, BilledTokens right) =>
        new(left.Input + right.Input, left.Output + right.Output) { CachedInput = left.CachedInput + right.CachedInput };
}
