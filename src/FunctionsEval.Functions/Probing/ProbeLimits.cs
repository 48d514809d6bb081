using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Probing;

/// <summary>
/// How much a probe asks, and how long it waits. None of it is a setting: a probe is small and ends, whatever the endpoint does.
/// </summary>
internal static class ProbeLimits
{
    /// <summary>Tokens of an answer.</summary>
    public const int AnswerTokens = 64;

    /// <summary>Tokens of an answer that calls two tools.</summary>
    public const int CallTokens = 192;

    /// <summary>Tokens of an answer of a model whose reasoning takes more than <see cref="AnswerTokens"/>.</summary>
    public const int ReasoningTokens = 1024;

    /// <summary>Questions in a row that come to no end, after which no other is asked.</summary>
    public const int MaxFaults = 2;

    /// <summary>The whole probe. Azure's front end ends a request after 230 seconds.</summary>
    public static TimeSpan Total { get; } = TimeSpan.FromMinutes(3);

    /// <summary>One attempt, where the model's own <see cref="ModelOptions.Timeout"/> is not shorter.</summary>
    public static TimeSpan Attempt { get; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Of each question at most two attempts fail for transient reasons; throttled ones, which are not paid, are repeated for 15 seconds at
    /// most, with the waits that the endpoint asks for.
    /// </summary>
    public static CallRetryOptions Retries { get; } =
        new()
        {
            MaxAttempts = CallRetryPolicy.MaxPaidAttempts,
            BaseDelay = TimeSpan.FromSeconds(1),
            MaxDelay = TimeSpan.FromSeconds(5),
            LongestWait = TimeSpan.FromSeconds(15),
            ThrottlingBudget = TimeSpan.FromSeconds(15),
        };
}
